package org.qscan.engine.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Names of types that mean two things: those that a module has given twice, and those of Java
 * itself that everybody knows. Nested types count as well: they are read without the type around
 * them.
 */
public final class TypeNames {

  private static final List<String> PACKAGES =
      List.of(
          "java.io",
          "java.nio",
          "java.nio.channels",
          "java.nio.charset",
          "java.nio.file",
          "java.nio.file.attribute",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks",
          "java.util.function",
          "java.util.jar",
          "java.util.logging",
          "java.util.regex",
          "java.util.stream",
          "java.util.zip");

  /** Of Map, Thread and Future, WatchEvent. */
  private static final Set<String> NESTED = Set.of("Entry", "State", "Kind");

  private TypeNames() {}

  /**
   * The names that more than one type has, each with the types.
   *
   * @param types of a module, without those of tests
   */
  public static SortedMap<String, SortedSet<String>> shared(Iterable<JavaClass> types) {
    SortedMap<String, SortedSet<String>> all = new TreeMap<>();
    for (JavaClass type : types) {
      if (isNamed(type)) {
        all.computeIfAbsent(type.getSimpleName(), name -> new TreeSet<>()).add(type.getName());
      }
    }
    all.values().removeIf(sameName -> sameName.size() == 1);
    return all;
  }

  /**
   * The types whose name a public type of java.util, java.io or java.nio has.
   *
   * @param types of a module, without those of tests
   */
  public static SortedSet<String> ofJava(Iterable<JavaClass> types) {
    SortedSet<String> taken = new TreeSet<>();
    for (JavaClass type : types) {
      if (isNamed(type) && isOfJava(type.getSimpleName())) {
        taken.add(type.getName());
      }
    }
    return taken;
  }

  private static boolean isNamed(JavaClass type) {
    return !type.isAnonymousClass() && !type.getSimpleName().equals("package-info");
  }

  private static boolean isOfJava(String name) {
    if (NESTED.contains(name)) {
      return true;
    }
    for (String room : PACKAGES) {
      try {
        Class<?> found = Class.forName(room + "." + name, false, null);
        if (java.lang.reflect.Modifier.isPublic(found.getModifiers())) {
          return true;
        }
      } catch (ClassNotFoundException e) {
        // It is free there.
      }
    }
    return false;
  }
}
