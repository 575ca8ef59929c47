package org.qscan.engine.batch;

import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.time.Ticker;

/**
 * Runs several actors beside each other in every order in which their steps can follow one another:
 * an explicit-state model checker for code whose steps are atomic because a lock makes them so. One
 * thread does it all; where a step would wait for a condition, its actor is put aside until that
 * very condition is signalled, so a signal that is missing shows as an actor that waits for ever.
 *
 * <p>After each step the invariants are checked. A state that was met before is not continued: what
 * can follow is known. That takes an exact description of the state.
 *
 * <p><b>Not taken:</b> Lincheck. Version 3.7 finds such errors on JDK 17 and 25, without a network.
 * But it stops threads at each access to memory, within the lock's own code as well, and so takes
 * five seconds to start and a tenth of a second of CPU a schedule: a few dozen, chosen at random,
 * in ten seconds. Here it is all orders, some ten thousand states. Fray needs an instrumented JDK,
 * jcstress a launcher of its own. What this does not show, that each step is atomic, {@code
 * GroupTest} tries with threads and children.
 */
final class EveryOrder {

  /** One step would wait. */
  private static final class Blocked extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Condition on;

    Blocked(Condition on) {
      super(null, null, false, false);
      this.on = on;
    }
  }

  /** Somebody who does one step after another. */
  static final class Actor {
    private final String name;
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Deque<String> names = new ArrayDeque<>();
    private @Nullable Condition waitsFor;
    private boolean interrupted;

    private Actor(String name) {
      this.name = name;
    }

    /** Follows all that it has to do already. */
    Actor then(String what, Runnable step) {
      names.addLast(what);
      steps.addLast(step);
      return this;
    }

    /** Whether it has this still to do. */
    boolean willDo(String what) {
      return names.contains(what);
    }

    void interrupt() {
      interrupted = true;
      waitsFor = null;
    }

    @Override
    public String toString() {
      return name
          + names
          + (waitsFor == null ? "" : " waits")
          + (interrupted ? " interrupted" : "");
    }
  }

  /** What is tried: made anew for each order. */
  interface Trial {
    /**
     * All that there is to know of the state, and nothing else. A number after {@code #} tells one
     * thing from another and means nothing more.
     */
    String state();

    /** Throws an {@link AssertionError} if the state may not be. */
    void check();

    /** The same for the end, when all actors have done all. */
    void checkEnd();
  }

  private final List<Actor> actors = new ArrayList<>();
  private @Nullable Actor current;
  private long now;

  private EveryOrder() {}

  /** A new actor, which may also come while others are under way. */
  Actor actor(String name) {
    Actor actor = new Actor(name);
    actors.add(actor);
    return actor;
  }

  List<Actor> actors() {
    return actors;
  }

  /** From now on it is that late, and whoever waits for a time looks at it. */
  void passUntil(long nanos) {
    now = nanos;
    actors.forEach(actor -> actor.waitsFor = null);
  }

  /** How late it is. */
  long now() {
    return now;
  }

  /** A time that passes only by {@link #passUntil}. */
  Ticker ticker() {
    return new Ticker() {
      @Override
      public long nanos() {
        return now;
      }

      @Override
      public void await(Condition condition, long nanos) throws InterruptedException {
        Actor actor = current;
        if (actor != null && actor.interrupted) {
          actor.interrupted = false;
          throw new InterruptedException();
        }
        throw new Blocked(condition);
      }

      @Override
      public void awaitMonitor(Object monitor, long nanos) {
        throw new UnsupportedOperationException();
      }

      @Override
      public int select(Selector selector, long nanos) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void sleep(long nanos) {
        throw new UnsupportedOperationException();
      }
    };
  }

  /** A lock whose conditions put an actor aside. */
  ReentrantLock lock() {
    return new ReentrantLock() {
      private static final long serialVersionUID = 1;

      @Override
      public Condition newCondition() {
        return new Signal(this);
      }
    };
  }

  private final class Signal implements Condition {
    private final ReentrantLock lock;

    Signal(ReentrantLock lock) {
      this.lock = lock;
    }

    @Override
    public void awaitUninterruptibly() {
      throw new Blocked(this);
    }

    @Override
    public void signalAll() {
      if (!lock.isHeldByCurrentThread()) {
        throw new IllegalMonitorStateException();
      }
      for (Actor actor : actors) {
        if (actor.waitsFor == this) {
          actor.waitsFor = null;
        }
      }
    }

    @Override
    public void signal() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void await() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long awaitNanos(long nanos) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean await(long time, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException();
    }
  }

  /** Makes a trial with its first actors. */
  interface Setup {
    Trial begin(EveryOrder order);
  }

  /**
   * Tries all orders.
   *
   * @return how many different states were met
   * @throws AssertionError with the steps that lead to it, if a state is wrong
   */
  static int of(Setup setup) {
    Set<String> known = new HashSet<>();
    Deque<int[]> open = new ArrayDeque<>(); // each a list of choices that leads to a new state
    open.push(new int[0]);
    while (!open.isEmpty()) {
      new EveryOrder().run(setup, open.pop(), known, open::push);
    }
    return known.size();
  }

  /** Does the choices, and goes on with the first one each time while that leads to new states. */
  private void run(Setup setup, int[] choices, Set<String> known, Consumer<int[]> others) {
    Trial trial = setup.begin(this);
    List<String> done = new ArrayList<>();
    List<Integer> chosen = new ArrayList<>();
    try {
      while (true) {
        List<Actor> able = able();
        if (able.isEmpty()) {
          end(trial);
          return;
        }
        int choice = chosen.size() < choices.length ? choices[chosen.size()] : 0;
        boolean isNew = chosen.size() >= choices.length;
        if (isNew) {
          for (int other = 1; other < able.size(); other++) {
            others.accept(with(chosen, other));
          }
        }
        chosen.add(choice);
        step(able.get(choice), done);
        if (chosen.size() >= choices.length) { // else it is only the way to a new state
          trial.check();
          if (!known.add(state(trial))) {
            return;
          }
        }
      }
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n  " + String.join("\n  ", done), e);
    }
  }

  /** Without those who are done, and with numbers that tell one from another, but not their age. */
  private String state(Trial trial) {
    StringBuilder all = new StringBuilder(trial.state()).append("\nat ").append(now);
    for (Actor actor : actors) {
      if (!actor.steps.isEmpty()) {
        all.append('\n').append(actor);
      }
    }
    return numbered(all);
  }

  /** Each number after # becomes that of its first place: the first one 0, the next one 1. */
  private static String numbered(StringBuilder all) {
    List<String> numbers = new ArrayList<>();
    StringBuilder text = new StringBuilder(all.length());
    int from = 0;
    for (int at = all.indexOf("#"); at >= 0; at = all.indexOf("#", from)) {
      int end = at + 1;
      while (end < all.length() && Character.isDigit(all.charAt(end))) {
        end++;
      }
      String number = all.substring(at + 1, end);
      if (!numbers.contains(number)) {
        numbers.add(number);
      }
      text.append(all, from, at + 1).append(numbers.indexOf(number));
      from = end;
    }
    return text.append(all, from, all.length()).toString();
  }

  private static int[] with(List<Integer> chosen, int next) {
    int[] all = new int[chosen.size() + 1];
    for (int i = 0; i < chosen.size(); i++) {
      all[i] = chosen.get(i);
    }
    all[chosen.size()] = next;
    return all;
  }

  private List<Actor> able() {
    List<Actor> able = new ArrayList<>();
    for (Actor actor : actors) {
      if (!actor.steps.isEmpty() && actor.waitsFor == null) {
        able.add(actor);
      }
    }
    return able;
  }

  private void step(Actor actor, List<String> done) {
    Runnable step = actor.steps.removeFirst();
    String what = actor.names.removeFirst();
    Deque<Runnable> later = new ArrayDeque<>(actor.steps);
    Deque<String> laterNames = new ArrayDeque<>(actor.names);
    actor.steps.clear(); // what the step adds comes next
    actor.names.clear();
    current = actor;
    try {
      step.run();
      done.add(actor.name + ": " + what);
    } catch (Blocked e) {
      done.add(actor.name + ": " + what + ", and waits");
      actor.steps.addFirst(step);
      actor.names.addFirst(what);
      actor.waitsFor = e.on;
    }
    actor.steps.addAll(later);
    actor.names.addAll(laterNames);
  }

  private void end(Trial trial) {
    for (Actor actor : actors) {
      if (!actor.steps.isEmpty()) {
        throw new AssertionError(actor + " for ever");
      }
    }
    trial.checkEnd();
  }
}
