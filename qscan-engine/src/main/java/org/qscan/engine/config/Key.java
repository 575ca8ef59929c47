package org.qscan.engine.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.mime.Rule;

/**
 * Every key of {@code qscan.properties}: its name, what is allowed, its default and what it is for.
 * This is the only place for these facts; the manual page, the sample file and the README are
 * tested against it.
 */
public enum Key {
  WORK_DIRECTORY(
      "work.directory",
      Type.PATH,
      "/var/qmail/qscan",
      "One directory a message is made below it. It must belong to the user that runs qscan and be"
          + " writable by no one else."),
  WORK_MODE(
      "work.mode",
      Type.CHOICE,
      List.of("0700", "0750"),
      "0700",
      "Mode of a message's directory. 0750 lets a scanner of another user read, by way of the"
          + " directory's group."),
  QUEUE_PROGRAM(
      "queue.program",
      Type.PATH,
      "/var/qmail/bin/qmail-queue-old",
      "The real qmail-queue, which gets every message that may pass."),
  QUEUE_TIMEOUT(
      "queue.timeout",
      Type.DURATION,
      "10m",
      "How long the real qmail-queue may take after it has been given all."),
  EXTRACTORS(
      "extractors",
      Type.CHOICES,
      List.of("ripmime", "mime4j", "generous"),
      "ripmime,mime4j,generous",
      "What takes the message apart. The raw message is always scanned as well. generous is a reader"
          + " of our own that decodes whatever any reader could take for encoded."),
  RIPMIME_PROGRAM("ripmime.program", Type.PATH, "/usr/bin/ripmime", "The ripMIME program."),
  EXTRACT_TIMEOUT(
      "extract.timeout",
      Type.DURATION,
      "30s",
      "How long an extractor may take after the end of the message. What generous does is bounded by"
          + " the size of the message: where it takes longer, this host is too busy, and the message"
          + " is deferred."),
  EXTRACT_CPU_TIME(
      "extract.cpu-time",
      Type.DURATION,
      "10s",
      "The most CPU time that ripmime may use for one message; it has 0.5 s and 2 s for each"
          + " megabyte of it. ripmime is not run on a message whose header fields would cost it"
          + " more. Where another extractor succeeded, that one counts, and the log notes it;"
          + " else the message is unscannable (limit)."),
  EXTRACT_FAILURE(
      "extract.failure",
      Type.CHOICE,
      List.of("continue", "defer"),
      "continue",
      "When an extractor crashes or is too slow: continue as long as another one succeeded, or"
          + " defer the message. Where ripmime would need more CPU time than extract.cpu-time"
          + " allows, defer makes the message unscannable (limit), for it would be so each time."),
  EXTRACT_MAX_PARTS(
      "extract.max-parts",
      Type.INTEGER,
      List.of("1", "1000000"),
      "2000",
      "Parts in a message, counted for each extractor; more is unscannable (limit)."),
  EXTRACT_MAX_DEPTH(
      "extract.max-depth",
      Type.INTEGER,
      List.of("1", "1000"),
      "100",
      "Parts within parts; deeper is unscannable (limit). A message that was forwarded as an"
          + " attachment has two more each time."),
  EXTRACT_MAX_BYTES(
      "extract.max-bytes",
      Type.SIZE,
      "1GiB",
      "Bytes that one extractor may write for a message; more is unscannable (limit)."),
  EXTRACT_MEMORY(
      "extract.memory",
      Type.SIZE,
      "1MiB",
      "How much of a message and its parts stays in memory where nothing needs files: no ripmime, and"
          + " scanners that are daemons and get the data. The rest goes to work.directory."),
  MIME_MODE(
      "mime.mode",
      Type.CHOICE,
      List.of("enforce", "monitor"),
      "enforce",
      "Whether a message that readers would not agree about is unscannable (mime), or only noted in"
          + " the log. It is generous that sees it: without it in extractors nobody does."),
  MIME_RULES(
      "mime.rules",
      Type.TIERS,
      Rule.names(),
      "",
      "Rules that are moved to another tier, as RULE:TIER. What meets a rule in tier refuse is"
          + " unscannable (mime), in tier look-harder it is decoded in more ways, in tier note it is"
          + " noted."),
  SCANNERS(
      "scanners",
      Type.CHOICES,
      List.of("sweep", "savscan", "avscanner", "savdi", "clamd", "none"),
      "sweep",
      "The scanners; they run side by side. See scanners.require. For benchmarks only: none, by"
          + " itself, scans nothing; 'qscan check' fails, and the log calls every message"
          + " unscanned."),
  SCANNERS_REQUIRE(
      "scanners.require",
      Type.CHOICE,
      List.of("all", "any"),
      "all",
      "Whether all scanners must say clean, or any one of them."),
  SWEEP_PROGRAM("sweep.program", Type.PATH, "/usr/local/bin/sweep", "Sophos' sweep."),
  SWEEP_OPTIONS(
      "sweep.options",
      Type.WORDS,
      "-f -all -rec -sc -ss -nb -archive -cab -mime -oe -tnef --no-follow-symlinks"
          + " --no-reset-atime",
      "Its options; the directory to scan is added at the end. With -eec its extended exit codes are"
          + " expected."),
  SWEEP_ENVIRONMENT(
      "sweep.environment",
      Type.VARIABLES,
      "",
      "Variables it needs, as NAME=VALUE; sweep 4 and older want SAV_IDE and LD_LIBRARY_PATH."
          + " Nothing of the caller's environment reaches it."),
  SAVSCAN_PROGRAM(
      "savscan.program",
      Type.PATH,
      "/opt/sophos-av/bin/savscan",
      "Sophos' savscan, which followed sweep. Sophos ended it in July 2023; its virus data stay old."),
  SAVSCAN_OPTIONS(
      "savscan.options",
      Type.WORDS,
      "-f -all -rec -sc -ss -nb -archive -cab -mime -oe -tnef --no-follow-symlinks"
          + " --no-reset-atime",
      "Its options, as with sweep.options."),
  SAVSCAN_ENVIRONMENT(
      "savscan.environment",
      Type.VARIABLES,
      "",
      "Variables it needs, as with sweep.environment; usually none."),
  AVSCANNER_PROGRAM(
      "avscanner.program",
      Type.PATH,
      "/opt/sophos-spl/plugins/av/bin/avscanner",
      "avscanner of Sophos Protection for Linux."),
  AVSCANNER_OPTIONS(
      "avscanner.options",
      Type.WORDS,
      "--scan-archives --scan-images --log-level warn",
      "Its options; the directory to scan is added at the end. Without --scan-archives it does not"
          + " look into archives. Without --log-level warn it prints lines that QScan does not know,"
          + " and all mail is deferred."),
  AVSCANNER_ENVIRONMENT(
      "avscanner.environment",
      Type.VARIABLES,
      "",
      "Variables it needs, as with sweep.environment; usually none."),
  SAVDI_ADDRESS(
      "savdi.address",
      Type.ADDRESSES,
      "unix:/var/run/savdi/sssp.sock",
      "Where savdid (SAVDI) speaks SSSP; of several the next is asked where one does not answer."),
  SAVDI_TRANSFER(
      "savdi.transfer",
      Type.CHOICE,
      List.of("auto", "path", "data"),
      "auto",
      "How savdid gets the files: by path, if it may read the work directory, or their data. auto is"
          + " path at a unix: address with work.mode=0750, else data."),
  SAVDI_OPTIONS(
      "savdi.options",
      Type.VARIABLES,
      "GrpArchiveUnpack=1 GrpSelfExtract=1 GrpExecutable=1 GrpInternet=1 GrpMSOffice=1 GrpMisc=1"
          + " Mime=1 TnefAttachmentHandling=1",
      "Options of the engine that savdid is asked for: groups, which begin with Grp, and single ones."
          + " Without them it looks into no archive. One that it does not know is an error."),
  CLAMD_ADDRESS(
      "clamd.address",
      Type.ADDRESSES,
      "unix:/var/run/clamav/clamd.ctl",
      "Where clamd listens; of several the next is asked where one does not answer."),
  CLAMD_TRANSFER(
      "clamd.transfer",
      Type.CHOICE,
      List.of("auto", "path", "data"),
      "auto",
      "How clamd gets the files, as with savdi.transfer."),
  SCAN_TIMEOUT(
      "scan.timeout", Type.DURATION, "120s", "How long a scanner may take for one message."),
  CANARY(
      "canary",
      Type.CHOICE,
      List.of("confirm", "periodic"),
      "confirm",
      "Whether clamd and savdid must find the EICAR test file behind each clean answer before"
          + " that counts (confirm; one check serves all who wait), or every canary.every only"
          + " (periodic). A scanner that does not find it is not believed. clamd's VirusEvent"
          + " fires for it."),
  CANARY_EVERY(
      "canary.every",
      Type.DURATION,
      "60s",
      "How long clamd and savdid are believed without having found the EICAR test file again. Sweep,"
          + " savscan and avscanner must find it at the start, when they or their data change, and"
          + " hourly."),
  DATA_MAX_AGE(
      "data.max-age",
      Type.AGE,
      "7d",
      "How old a scanner's virus data may be. Older ones are noted with every message, and 'qscan"
          + " check' fails; mail still flows."),
  IGNORE_THREATS(
      "ignore.threats",
      Type.NAMES,
      "",
      "Names of threats that the site declares false, with * for any text and ? for one character."
          + " A hit is noted; any other threat in the same message still counts."),
  GATE_SLOTS(
      "gate.slots",
      Type.INTEGER,
      List.of("1", "10000"),
      "20",
      "How many scans may run at a time on this host, all front ends together."),
  GATE_PATIENCE(
      "gate.patience",
      Type.DURATION,
      "60s",
      "How long a message waits for its turn to be scanned before the sender is told to try again."),
  BATCH_MAX_MESSAGES(
      "batch.max-messages",
      Type.INTEGER,
      List.of("1", "1000"),
      "50",
      "How many waiting messages one run of a scanner that is a program may scan together, in qscand"
          + " and in James; 1: each by itself. What such a run does not call clean is scanned again,"
          + " in the end alone."),
  BATCH_MAX_BYTES(
      "batch.max-bytes",
      Type.SIZE,
      "64MiB",
      "How many bytes one such run may scan, all views of its messages together; a larger message is"
          + " scanned alone."),
  CACHE_ENTRIES(
      "cache.entries",
      Type.INTEGER,
      List.of("0", "1000000"),
      "10000",
      "How many verdicts on parts of messages are kept for clamd, savdi, sweep and savscan each, by"
          + " content, for 15 minutes at most and until their virus data change; 0: none. clamd tells"
          + " of ClamAV's own databases alone; of sweep and savscan only what was found is kept."),
  UNSCANNABLE_ENCRYPTED(
      "unscannable.encrypted",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "accept",
      "What to do with a message of which a part is encrypted. Refusing would stop lawful mail that"
          + " nobody can scan today or tomorrow."),
  UNSCANNABLE_CORRUPT(
      "unscannable.corrupt",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "accept",
      "What to do with a message of which the scanner says that a part is damaged or of an unknown"
          + " format. Sophos says so of many harmless documents."),
  UNSCANNABLE_LIMIT(
      "unscannable.limit",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "reject",
      "What to do with a message over a limit, or that the scanner takes for a bomb. It is over the"
          + " limit the next time as well, so 'try again' would never end; the log names the limit"
          + " (notes=). Shortage of this host's memory or time is no limit: such mail is deferred."),
  UNSCANNABLE_STALE_DATA(
      "unscannable.stale-data",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "accept",
      "What to do with a message that savdid calls clean by virus data that it calls out of date."
          + " Every such message is logged, and 'qscan check' fails."),
  UNSCANNABLE_MIME(
      "unscannable.mime",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "reject",
      "What to do with a message of which readers would not agree on what is in it: mail programs"
          + " write no such mail, those who hide something do."),
  BOUNCE_INFECTED(
      "bounce.infected",
      Type.CHOICE,
      List.of("accept", "discard", "reject"),
      "accept",
      "What to do with an infected bounce of qmail's own, and with an unscannable one that the"
          + " policy would not accept. qmail-send tries a refused bounce again every two minutes,"
          + " for ever."),
  BOUNCE_USER(
      "bounce.user",
      Type.TEXT,
      "qmails",
      "The user (name or number) as which qmail-send injects its bounces. An empty sender from any"
          + " other user is ordinary mail."),
  POLICY_TRUSTED_USERS(
      "policy.trusted-users",
      Type.NAMES,
      "qmaild",
      "Users (names, or numbers where they have none) whose TCPREMOTEIP is believed: those that"
          + " qmail-smtpd and qmail-qmtpd run as. Of everybody else it stands in the log only, for"
          + " anybody can set it."),
  EXIT_INFECTED(
      "exit.infected",
      Type.INTEGER,
      List.of("12", "40"),
      "39",
      "Exit code for mail that is refused for good; qmail takes 11 to 40 as permanent."),
  EXIT_FAILED(
      "exit.failed",
      Type.INTEGER,
      List.of("41", "111"),
      "99",
      "Exit code for mail that is to be tried again; not 82 and 88, which promise a text."),
  DAEMON_SOCKET(
      "daemon.socket",
      Type.PATH,
      "/run/qscan/qscand.sock",
      "Where qscand listens and qscan-client calls. Its directory must be writable by qscand's user"
          + " alone."),
  DAEMON_SOCKET_MODE(
      "daemon.socket-mode",
      Type.CHOICE,
      List.of("0600", "0660", "0666"),
      "0666",
      "Who may call qscand: whoever may send mail, or with 0660 a group, to which qscan-client then"
          + " has to be setgid."),
  DAEMON_SOCKET_GROUP(
      "daemon.socket-group",
      Type.WORDS,
      "",
      "The group of the socket; qscand's user must be a member. Empty: the group that qscand runs"
          + " as."),
  DAEMON_PATIENCE(
      "daemon.patience",
      Type.DURATION,
      "5s",
      "How long qscan-client waits while nobody listens at daemon.socket."),
  DAEMON_RESTART_PATIENCE(
      "daemon.restart-patience",
      Type.DURATION,
      "2m",
      "How long qscan-client waits where somebody listens at daemon.socket and does not answer yet:"
          + " a qscand that restarts, or one that has no room. More than daemon.drain-timeout and"
          + " the start of qscand together, which may take 20s until its scanners have answered. Mail of"
          + " bounce.user waits for daemon.patience at most: qmail-send delivers nothing while it"
          + " injects a bounce, and injects it again two minutes later."),
  DAEMON_TIMEOUT(
      "daemon.timeout",
      Type.DURATION,
      "8m",
      "How long qscan-client waits for qscand to take more of a message, or to answer. More than"
          + " extract.timeout, gate.patience and scan.timeout together, the last three times"
          + " where messages share runs (batch.max-messages)."),
  DAEMON_MAX_CONNECTIONS(
      "daemon.max-connections",
      Type.INTEGER,
      List.of("1", "100000"),
      "2000",
      "Messages that qscand has under way at a time, received or waiting or scanned; others wait"
          + " for daemon.restart-patience."),
  DAEMON_MAX_CONNECTIONS_PER_USER(
      "daemon.max-connections-per-user",
      Type.INTEGER,
      List.of("0", "100000"),
      "0",
      "How many of daemon.max-connections one user may have while others wait; where"
          + " policy.trusted-users names the user that calls, it is one sending host; 0: a"
          + " quarter. While there is room for all it limits nobody. Whoever has most makes room"
          + " for those who have less; root and bounce.user never do."),
  DAEMON_MEMORY(
      "daemon.memory",
      Type.SIZE,
      "16MiB",
      "Memory for messages that are being received; what does not fit, and all of a message over 1"
          + " MiB, goes to a file in work.directory."),
  DAEMON_RECEIVE_TIMEOUT(
      "daemon.receive-timeout", Type.DURATION, "2h", "How long a message may take to arrive."),
  DAEMON_IDLE_TIMEOUT(
      "daemon.idle-timeout",
      Type.DURATION,
      "25m",
      "How long qscan-client may say nothing while something is expected of it. More than the"
          + " timeout of qmail-smtpd, 20 minutes."),
  DAEMON_DRAIN_TIMEOUT(
      "daemon.drain-timeout",
      Type.DURATION,
      "60s",
      "How long qscand, told to stop, goes on with the messages that it has: half of this with those"
          + " that are still arriving, all of it with those that are being scanned. Supervisors have"
          + " to wait longer before they kill it."),
  LOG_SYSLOG(
      "log.syslog",
      Type.BOOLEAN,
      "true",
      "Send the log line to syslog as well (facility mail, ident qscan). Standard error gets it"
          + " always.");

  /** The kinds of values. */
  public enum Type {
    /** An absolute path. */
    PATH,
    /** A whole number with a unit: ms, s, m or h. */
    DURATION,
    /** A whole number with a unit: h or d. */
    AGE,
    /** A whole number of bytes with a unit: B, KiB, MiB or GiB. */
    SIZE,
    /** A whole number within bounds. */
    INTEGER,
    /** One of some words. */
    CHOICE,
    /** One or more of some words, separated by commas. */
    CHOICES,
    /** true or false. */
    BOOLEAN,
    /** Words separated by blanks; may be empty. */
    WORDS,
    /** NAME=VALUE pairs separated by blanks; may be empty. */
    VARIABLES,
    /** Addresses of daemons, separated by blanks. */
    ADDRESSES,
    /** Names with wildcards, separated by commas; may be empty. */
    NAMES,
    /** RULE:TIER pairs separated by commas; may be empty. */
    TIERS,
    /** A single word. */
    TEXT
  }

  private final String text;
  private final Type type;

  @SuppressWarnings("ImmutableEnumChecker") // from List.of
  private final List<String> choices;

  private final String defaultValue;
  private final String purpose;

  Key(String text, Type type, String defaultValue, String purpose) {
    this(text, type, List.of(), defaultValue, purpose);
  }

  Key(String text, Type type, List<String> choices, String defaultValue, String purpose) {
    this.text = text;
    this.type = type;
    this.choices = choices;
    this.defaultValue = defaultValue;
    this.purpose = purpose;
  }

  private static final Map<String, Key> BY_TEXT = new HashMap<>();

  static {
    for (Key key : values()) {
      BY_TEXT.put(key.text, key);
    }
  }

  /** The key of this name, or null. */
  public static @Nullable Key of(String text) {
    return BY_TEXT.get(text);
  }

  /** The name in the file. */
  public String text() {
    return text;
  }

  /** What kind of value it takes. */
  public Type type() {
    return type;
  }

  /** The words allowed for a choice, the bounds of an integer, else empty. */
  public List<String> choices() {
    return choices;
  }

  /** The value that holds where none is given, as it would stand in the file. */
  public String defaultValue() {
    return defaultValue;
  }

  /** What it is for, in a sentence or two. */
  public String purpose() {
    return purpose;
  }

  /** What is allowed, in words. */
  public String allowed() {
    return switch (type) {
      case PATH -> "an absolute path";
      case DURATION ->
          "a whole number with a unit: ms, s, m or h, like 60s; more than 0, at most 24h";
      case AGE -> "a whole number with a unit: h or d, like 7d; more than 0, at most 3650d";
      case SIZE -> "a whole number with a unit: B, KiB, MiB or GiB, like 25MiB; more than 0";
      case INTEGER -> "a whole number from " + choices.get(0) + " to " + choices.get(1);
      case CHOICE -> "one of " + String.join(", ", choices);
      case CHOICES -> "one or more of " + String.join(", ", choices) + ", separated by commas";
      case BOOLEAN -> "true or false";
      case WORDS -> "words separated by blanks";
      case VARIABLES -> "NAME=VALUE pairs separated by blanks";
      case ADDRESSES -> "unix:PATH or tcp:HOST:PORT, or several of them separated by blanks";
      case NAMES -> "names separated by commas, each with a letter or digit";
      case TIERS ->
          "RULE:TIER pairs separated by commas, of the rules that qscan-config(5) lists and the tiers"
              + " note, look-harder and refuse";
      case TEXT -> "one word";
    };
  }
}
