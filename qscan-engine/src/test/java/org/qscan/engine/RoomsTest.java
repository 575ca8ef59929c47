package org.qscan.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md says which room uses which others; the class files say the same. */
class RoomsTest {

  private static final String ENGINE = "org.qscan.engine";
  private static final Path ARCHITECTURE = Path.of("../ARCHITECTURE.md");

  /** A row of the table: a package below the engine's, and in the last column what it uses. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\.[a-z.]+)` \\|.*\\|([^|]*)\\|$");

  private static final Pattern ROOM = Pattern.compile("`(\\.[a-z.]+)`");

  /** Any room may wait, and so use this one. */
  private static final String TIME = ".time";

  static {
    // ArchUnit has no logger to write to, and need not say so.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
  }

  @Test
  void everyRoomUsesTheRoomsThatArchitectureNamesAndNoOthers() throws IOException {
    String built = inRows(usedByTheCode());
    System.out.println("Rooms of the engine, and the rooms that each uses:\n" + built);
    assertThat(inRows(usedInTheDocument())).isEqualTo(built);
  }

  /** What each room uses of the others; ArchitectureTest says what it may use of the root. */
  private static Map<String, Set<String>> usedByTheCode() {
    Map<String, Set<String>> used = new TreeMap<>();
    for (JavaClass type :
        new ClassFileImporter()
            .importUrl(ScanEngine.class.getProtectionDomain().getCodeSource().getLocation())) {
      if (type.getPackageName().equals(ENGINE)) {
        continue; // the way in puts all rooms together
      }
      String room = room(type.getPackageName());
      Set<String> uses = used.computeIfAbsent(room, any -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType().getPackageName())
          .filter(name -> name.startsWith(ENGINE + "."))
          .map(RoomsTest::room)
          .filter(other -> !other.equals(room) && !other.equals(TIME))
          .forEach(uses::add);
    }
    return used;
  }

  private static String room(String packageName) {
    return packageName.substring(ENGINE.length());
  }

  private static Map<String, Set<String>> usedInTheDocument() throws IOException {
    String text = Files.readString(ARCHITECTURE);
    int from = text.indexOf("\n## Rooms\n");
    // The rows of the front ends come after those of the engine, and have packages of their own.
    String rows = text.substring(from, text.indexOf("| `org.qscan.qmail` |", from));
    Map<String, Set<String>> used = new TreeMap<>();
    Matcher row = ROW.matcher(rows);
    while (row.find()) {
      Set<String> uses = new TreeSet<>();
      Matcher room = ROOM.matcher(row.group(2));
      while (room.find()) {
        uses.add(room.group(1));
      }
      used.put(row.group(1), uses);
    }
    return used;
  }

  private static String inRows(Map<String, Set<String>> used) {
    StringBuilder rows = new StringBuilder();
    used.forEach((room, uses) -> rows.append(room).append(" -> ").append(uses).append('\n'));
    return rows.toString();
  }
}
