package org.qscan.qmail.cli;

/** The class archives that Java knows: how one is made, and how it is used. */
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

  /** The kind that this option names one of. */
  static ArchiveKind ofOption(String option) {
    return option.startsWith(AOT.use) ? AOT : CDS;
  }

  /** The end of the file's name. */
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

  /** With this option Java does not start if it cannot use the archive. */
  String insist() {
    return insist;
  }
}
