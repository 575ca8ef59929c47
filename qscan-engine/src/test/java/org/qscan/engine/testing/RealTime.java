package org.qscan.engine.testing;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which classes know the time of this computer by themselves: they read its clock, sleep, or wait
 * for a length of time. Whoever is given a {@link org.qscan.engine.time.Ticker} does none of these.
 */
public final class RealTime {

  private static final Set<String> CLOCKS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Thread.sleep",
          "java.util.concurrent.TimeUnit.sleep",
          "java.util.concurrent.TimeUnit.timedWait",
          "java.util.concurrent.TimeUnit.timedJoin",
          "java.util.concurrent.locks.LockSupport.parkNanos");

  /** They wait where they are told how long. */
  private static final Set<String> WAITS =
      Set.of(
          "acquire",
          "await",
          "awaitNanos",
          "awaitTermination",
          "get",
          "join",
          "offer",
          "poll",
          "select",
          "tryAcquire",
          "tryLock",
          "wait");

  private RealTime() {}

  /**
   * The simple names of these classes; a class speaks for those that are nested in it.
   *
   * @param types without those of tests
   */
  public static SortedSet<String> users(Iterable<JavaClass> types) {
    SortedSet<String> users = new TreeSet<>();
    for (JavaClass type : types) {
      Stream<? extends JavaAccess<?>> all =
          Stream.concat(
              type.getAccessesFromSelf().stream(), type.getCodeUnitReferencesFromSelf().stream());
      if (all.anyMatch(RealTime::isRealTime)) {
        String outermost = type.getName().split("\\$", 2)[0];
        users.add(outermost.substring(outermost.lastIndexOf('.') + 1));
      }
    }
    return users;
  }

  private static boolean isRealTime(JavaAccess<?> access) {
    if (!(access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target)) {
      return false;
    }
    String owner = target.getOwner().getName();
    if (CLOCKS.contains(owner + "." + target.getName())) {
      return true;
    }
    // "wait" and the like may be asked of a class of ours: the target's owner is that, then.
    boolean ofJava = target.getName().equals("wait") || owner.startsWith("java.");
    return ofJava
        && WAITS.contains(target.getName())
        && target.getRawParameterTypes().stream().anyMatch(type -> type.getName().equals("long"));
  }
}
