package org.qscan.qmail.cli;

/** The kinds of class archives that Java has: how to make one, and how to use it. */
enum ArchiveKind {
  /** JDK 25 and newer: classes loaded and linked before the start. */
  AOT("aot", "-XX:AOTCacheOutput=", "-XX:AOTCache=", "-XX:AOTMode=on"),
  /** JDK 17 to 24: classes parsed before the start. */
  CDS("jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=", "-Xshare:on");

  private final String suffix;
  private final String make;
  private final String use;
  private final String insist;

  ArchiveKind(String suffix, String make, String use, String insist) {
    this.suffix = suffix;
    this.make = make;
    this.use = use;
    this.insist = insist;
  }

  static ArchiveKind of(Jdk jdk) {
    return jdk.feature() >= 25 ? AOT : CDS;
  }

  /** The kind of the archive that this option names. */
  static ArchiveKind ofOption(String option) {
    return option.startsWith(AOT.use) ? AOT : CDS;
  }

  /** The suffix of the file's name. */
  String suffix() {
    return suffix;
  }

  /** The option that makes the run a training run; the file's name follows. */
  String make() {
    return make;
  }

  /** The option that uses the archive; the file's name follows. */
  String use() {
    return use;
  }

  /** The option by which Java does not start if it cannot use the archive. */
  String insist() {
    return insist;
  }
}
