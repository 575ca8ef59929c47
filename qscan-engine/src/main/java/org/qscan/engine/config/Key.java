package org.qscan.engine.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.rules.MimeRule;

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
      "QScan makes one directory for each message below it. It must belong to the user"
          + " that runs QScan, and nobody else may be able to write it. QScan never creates it."),
  WORK_MODE(
      "work.mode",
      Type.CHOICE,
      List.of("0700", "0750"),
      "0700",
      "The mode of a message's directory. 0750 lets a scanner of another user read it, if"
          + " that user is in the directory's group."),
  QUEUE_PROGRAM(
      "queue.program",
      Type.PATH,
      "/var/qmail/bin/qmail-queue-old",
      "The real qmail-queue. It gets every message that may pass."),
  QUEUE_TIMEOUT(
      "queue.timeout",
      Type.DURATION,
      "10m",
      "How long the real qmail-queue may take after it has got the message and the" + " envelope."),
  EXTRACTORS(
      "extractors",
      Type.CHOICES,
      List.of("auto", "ripmime", "mime4j", "generous"),
      "auto",
      "The readers that take a message apart. The message as it came is always scanned as"
          + " well. generous is QScan's own reader: it decodes everything that some mail program"
          + " could take for encoded. auto is ripmime,mime4j,generous if one of scanners is a"
          + " program (sweep, savscan, avscanner), and mime4j,generous if all are daemons:"
          + " 'qscan check' says which."),
  RIPMIME_PROGRAM("ripmime.program", Type.PATH, "/usr/bin/ripmime", "The program ripMIME."),
  EXTRACT_TIMEOUT(
      "extract.timeout",
      Type.DURATION,
      "30s",
      "How long an extractor may take after the end of the message. The work of generous"
          + " is limited by the size of the message: if it takes longer, this host is too busy,"
          + " and the message is deferred."),
  EXTRACT_CPU_TIME(
      "extract.cpu-time",
      Type.DURATION,
      "10s",
      "The most CPU time that ripmime may use for one message, whatever its size. It has"
          + " 0.5 s and 2 s for each megabyte of the message. ripmime does not run if header"
          + " fields of the message would cost it more. If another extractor succeeds, its"
          + " result counts, and the log has a note; otherwise the message is unscannable"
          + " (limit)."),
  EXTRACT_FAILURE(
      "extract.failure",
      Type.CHOICE,
      List.of("continue", "defer"),
      "continue",
      "What to do if an extractor crashes or is too slow: continue if another one"
          + " succeeded, or defer the message. If ripmime would need more CPU time than it may"
          + " use, defer makes the message unscannable (limit), because that would happen each"
          + " time."),
  EXTRACT_MAX_PARTS(
      "extract.max-parts",
      Type.INTEGER,
      List.of("1", "1000000"),
      "2000",
      "The most parts in a message, counted for each extractor. A message with more is"
          + " unscannable (limit)."),
  EXTRACT_MAX_DEPTH(
      "extract.max-depth",
      Type.INTEGER,
      List.of("1", "1000"),
      "250",
      "How deeply parts may be nested. A message that goes deeper is unscannable (limit)."
          + " Each time that a message is forwarded as an attachment adds two."),
  EXTRACT_MAX_BYTES(
      "extract.max-bytes",
      Type.SIZE,
      "1GiB",
      "The most bytes that one extractor may write for a message. A message that needs"
          + " more is unscannable (limit)."),
  EXTRACT_MEMORY(
      "extract.memory",
      Type.SIZE,
      "1MiB",
      "How much of a message and its parts stays in memory if nothing needs files: no"
          + " ripmime among the extractors, and scanners that are daemons and get the data. The"
          + " rest is written to work.directory. If something needs files, only the parts stay in"
          + " memory, until all of them are known."),
  MIME_MODE(
      "mime.mode",
      Type.CHOICE,
      List.of("enforce", "monitor"),
      "enforce",
      "What to do with a message that readers would understand in different ways: enforce"
          + " makes it unscannable (mime), monitor only notes it in the log. Only generous finds"
          + " such messages, so it must be among the extractors."),
  MIME_RULES(
      "mime.rules",
      Type.TIERS,
      MimeRule.names(),
      "",
      "Rules that this site moves to another tier, as RULE:TIER. A message that meets a"
          + " rule of tier refuse is unscannable (mime). In tier look-harder, it is decoded in"
          + " more ways. In tier note, the log has a note."),
  SCANNERS(
      "scanners",
      Type.CHOICES,
      List.of("sweep", "savscan", "avscanner", "savdi", "clamd", "none"),
      "sweep",
      "The scanners. They work at the same time; see scanners.require. none scans nothing"
          + " and is for benchmarks only: 'qscan check' fails, and the log calls every message"
          + " unscanned."),
  SCANNERS_REQUIRE(
      "scanners.require",
      Type.CHOICE,
      List.of("all", "any"),
      "all",
      "Whether a message is clean only if all scanners say so, or if any of them says so"
          + " and the others cannot answer. What any scanner finds always counts."),
  SWEEP_PROGRAM("sweep.program", Type.PATH, "/usr/local/bin/sweep", "The program sweep of Sophos."),
  SWEEP_OPTIONS(
      "sweep.options",
      Type.WORDS,
      "-f -all -rec -sc -ss -nb -archive -cab -mime -oe -tnef --no-follow-symlinks"
          + " --no-reset-atime",
      "The options of sweep. QScan adds the directory to scan at the end. With -eec,"
          + " QScan expects sweep's extended exit codes."),
  SWEEP_ENVIRONMENT(
      "sweep.environment",
      Type.VARIABLES,
      "",
      "The variables that sweep needs, as NAME=VALUE. sweep 4 and older need SAV_IDE and"
          + " LD_LIBRARY_PATH. sweep gets nothing of the caller's environment."),
  SAVSCAN_PROGRAM(
      "savscan.program",
      Type.PATH,
      "/opt/sophos-av/bin/savscan",
      "The program savscan of Sophos, which followed sweep. Sophos ended it in July 2023:"
          + " its virus data stay old."),
  SAVSCAN_OPTIONS(
      "savscan.options",
      Type.WORDS,
      "-f -all -rec -sc -ss -nb -archive -cab -mime -oe -tnef --no-follow-symlinks"
          + " --no-reset-atime",
      "The options of savscan; see sweep.options."),
  SAVSCAN_ENVIRONMENT(
      "savscan.environment",
      Type.VARIABLES,
      "",
      "The variables that savscan needs, usually none; see sweep.environment."),
  AVSCANNER_PROGRAM(
      "avscanner.program",
      Type.PATH,
      "/opt/sophos-spl/plugins/av/bin/avscanner",
      "The program avscanner of Sophos Protection for Linux."),
  AVSCANNER_OPTIONS(
      "avscanner.options",
      Type.WORDS,
      "--scan-archives --scan-images --log-level warn",
      "The options of avscanner. QScan adds the directory to scan at the end. Without"
          + " --scan-archives, avscanner does not look into archives. Without --log-level warn,"
          + " it prints lines that QScan does not know, and all mail is deferred."),
  AVSCANNER_ENVIRONMENT(
      "avscanner.environment",
      Type.VARIABLES,
      "",
      "The variables that avscanner needs, usually none; see sweep.environment."),
  SAVDI_ADDRESS(
      "savdi.address",
      Type.ADDRESSES,
      "unix:/var/run/savdi/sssp.sock",
      "Where savdid (SAVDI) listens for the protocol SSSP. If an address does not answer,"
          + " QScan asks the next one."),
  SAVDI_TRANSFER(
      "savdi.transfer",
      Type.CHOICE,
      List.of("auto", "path", "data"),
      "auto",
      "How savdid gets the files: path sends their names, and savdid must be able to read"
          + " the work directory; data sends their content. auto is path for a unix: address"
          + " with work.mode=0750, and data otherwise."),
  SAVDI_OPTIONS(
      "savdi.options",
      Type.VARIABLES,
      "GrpArchiveUnpack=1 GrpSelfExtract=1 GrpExecutable=1 GrpInternet=1 GrpMSOffice=1 GrpMisc=1"
          + " Mime=1 TnefAttachmentHandling=1",
      "The options of the scan engine that QScan sets in savdid: groups, whose names"
          + " begin with Grp, and single options. Without them, savdid does not look into"
          + " archives. An option that savdid does not know is an error."),
  CLAMD_ADDRESS(
      "clamd.address",
      Type.ADDRESSES,
      "unix:/var/run/clamav/clamd.ctl",
      "Where clamd listens. If an address does not answer, QScan asks the next one."),
  CLAMD_TRANSFER(
      "clamd.transfer",
      Type.CHOICE,
      List.of("auto", "path", "data"),
      "auto",
      "How clamd gets the files; see savdi.transfer."),
  CLAMD_CONFIGURATION(
      "clamd.configuration",
      Type.PATH,
      "/etc/clamav/clamd.conf",
      "The configuration file of clamd. Only 'qscan check' reads it: it fails if a limit of"
          + " clamd is lower than what the mail server accepts (control/databytes)."),
  SCAN_TIMEOUT(
      "scan.timeout", Type.DURATION, "120s", "How long a scanner may take for one message."),
  CANARY(
      "canary",
      Type.CHOICE,
      List.of("confirm", "periodic"),
      "confirm",
      "When clamd and savdid must find the EICAR test file: after each clean answer,"
          + " before that counts (confirm; one test serves all messages that wait for it), or"
          + " only every canary.every (periodic). QScan does not believe a scanner that does not"
          + " find it. clamd's VirusEvent fires for each test."),
  CANARY_EVERY(
      "canary.every",
      Type.DURATION,
      "60s",
      "How long QScan believes clamd and savdid after they found the EICAR test file."
          + " sweep, savscan and avscanner must find it at the start, when they or their virus"
          + " data change, and every hour."),
  DATA_MAX_AGE(
      "data.max-age",
      Type.AGE,
      "7d",
      "How old the virus data of a scanner may be. If they are older, each message gets a"
          + " note in the log and 'qscan check' fails, but mail still flows."),
  IGNORE_THREATS(
      "ignore.threats",
      Type.NAMES,
      "",
      "Names of threats that are false alarms at this site. * stands for any text and ?"
          + " for one character. A message with such a threat gets a note in the log. Any other"
          + " threat in it still counts."),
  GATE_SLOTS(
      "gate.slots",
      Type.INTEGER,
      List.of("1", "10000"),
      "20",
      "How many scans may run at the same time on this host, in all front ends together."),
  GATE_PATIENCE(
      "gate.patience",
      Type.DURATION,
      "60s",
      "How long a message waits for its turn to be scanned. After that, the sender is"
          + " told to try again."),
  BATCH_MAX_MESSAGES(
      "batch.max-messages",
      Type.INTEGER,
      List.of("1", "1000"),
      "50",
      "How many waiting messages may share one run of a scanner that is a program, in"
          + " qscand and in James. 1 means that each has a run of its own. If a shared run does"
          + " not call all of its messages clean, QScan scans them again, in the end each by"
          + " itself."),
  BATCH_MAX_BYTES(
      "batch.max-bytes",
      Type.SIZE,
      "64MiB",
      "The most bytes that a shared run may scan, counting all views of its messages. A"
          + " larger message is scanned by itself."),
  CACHE_ENTRIES(
      "cache.entries",
      Type.INTEGER,
      List.of("0", "1000000"),
      "10000",
      "How many verdicts on parts of messages QScan keeps for each of clamd, savdi, sweep"
          + " and savscan, for 15 minutes at most and until the virus data change. 0 switches"
          + " this off. clamd reports changes of ClamAV's own databases only. Of sweep and"
          + " savscan, QScan keeps only what they found."),
  UNSCANNABLE_ENCRYPTED(
      "unscannable.encrypted",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "accept",
      "What to do with a message that has an encrypted part. To refuse it would stop"
          + " lawful mail that nobody can scan, today or tomorrow."),
  UNSCANNABLE_CORRUPT(
      "unscannable.corrupt",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "accept",
      "What to do with a message if the scanner says that a part is damaged or has an"
          + " unknown format. Sophos says so of many harmless documents."),
  UNSCANNABLE_LIMIT(
      "unscannable.limit",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "reject",
      "What to do with a message that is over a limit, or that the scanner takes for a"
          + " bomb. It is over the limit the next time as well, so 'try again' would never end."
          + " The log names the limit (notes=). If this host is short of memory or time, that is"
          + " no limit: such mail is deferred."),
  UNSCANNABLE_STALE_DATA(
      "unscannable.stale-data",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "accept",
      "What to do with a message that savdid calls clean with virus data that it calls"
          + " out of date. The log has a line for each such message, and 'qscan check' fails."),
  UNSCANNABLE_MIME(
      "unscannable.mime",
      Type.CHOICE,
      List.of("accept", "defer", "reject"),
      "reject",
      "What to do with a message that readers would understand in different ways."
          + " Ordinary mail programs do not produce such messages; senders who want to hide"
          + " something do."),
  BOUNCE_INFECTED(
      "bounce.infected",
      Type.CHOICE,
      List.of("accept", "discard", "reject"),
      "accept",
      "What to do with a bounce of qmail itself that is infected, or that is unscannable"
          + " and that the policy would not accept. If such a bounce is refused, qmail-send"
          + " tries again every two minutes for ever."),
  BOUNCE_USER(
      "bounce.user",
      Type.TEXT,
      "qmails",
      "The user (name or number) that qmail-send runs as when it injects bounces. Mail"
          + " with an empty sender from any other user is ordinary mail."),
  POLICY_TRUSTED_USERS(
      "policy.trusted-users",
      Type.NAMES,
      "qmaild",
      "The users that qmail-smtpd and qmail-qmtpd run as (names, or numbers if they have"
          + " no names). QScan believes the address of the sending host (TCPREMOTEIP) only from"
          + " these users. From others it is only logged, because any user can set it."),
  EXIT_INFECTED(
      "exit.infected",
      Type.INTEGER,
      List.of("12", "40"),
      "39",
      "The exit code for mail that is refused for good. qmail takes 11 to 40 as" + " permanent."),
  EXIT_FAILED(
      "exit.failed",
      Type.INTEGER,
      List.of("41", "111"),
      "99",
      "The exit code for mail that the sender should try again. 82 and 88 are not"
          + " allowed, because they promise a text."),
  ENABLED_FILE(
      "enabled.file",
      Type.PATH,
      "/var/lib/qscan/enabled",
      "The file in which 'qscan enable' notes that it has put qscan-client in the place of"
          + " qmail-queue. With it, 'qscan check' and qscand notice if something else is there"
          + " later."),
  DAEMON_SOCKET(
      "daemon.socket",
      Type.PATH,
      "/run/qscan/qscand.sock",
      "The socket at which qscand listens and to which qscan-client connects. Only the"
          + " user of qscand may be able to write its directory."),
  DAEMON_SOCKET_MODE(
      "daemon.socket-mode",
      Type.CHOICE,
      List.of("0600", "0660", "0666"),
      "0666",
      "The mode of the socket. With 0666, everybody can connect and so send mail. With"
          + " 0660, only a group can connect, and qscan-client must be setgid to it."),
  DAEMON_SOCKET_GROUP(
      "daemon.socket-group",
      Type.WORDS,
      "",
      "The group of the socket. The user of qscand must be a member. If this is empty, it"
          + " is the group that qscand runs as."),
  DAEMON_PATIENCE(
      "daemon.patience",
      Type.DURATION,
      "5s",
      "How long qscan-client waits while nobody listens at daemon.socket."),
  DAEMON_RESTART_PATIENCE(
      "daemon.restart-patience",
      Type.DURATION,
      "2m",
      "How long qscan-client waits if somebody listens at daemon.socket but does not"
          + " answer yet, because qscand restarts or has no room. It must be longer than"
          + " daemon.drain-timeout and the start of qscand together. The start may take 20s"
          + " until the scanners have answered. Mail of bounce.user waits for daemon.patience at"
          + " most, because qmail-send delivers nothing while it injects a bounce, and injects"
          + " it again two minutes later."),
  DAEMON_TIMEOUT(
      "daemon.timeout",
      Type.DURATION,
      "8m",
      "How long qscan-client waits for qscand to take more of a message, or to answer. It"
          + " must be longer than extract.timeout, gate.patience and scan.timeout together."
          + " Where messages share runs (batch.max-messages), count scan.timeout three times."),
  DAEMON_MAX_CONNECTIONS(
      "daemon.max-connections",
      Type.INTEGER,
      List.of("1", "100000"),
      "2000",
      "How many messages qscand may have under way at the same time: arriving, waiting or"
          + " being scanned. Others wait for daemon.restart-patience."),
  DAEMON_MAX_CONNECTIONS_PER_USER(
      "daemon.max-connections-per-user",
      Type.INTEGER,
      List.of("0", "100000"),
      "0",
      "How many of daemon.max-connections one user may have while others wait. If"
          + " policy.trusted-users names that user, the limit is for one sending host. 0 is a"
          + " quarter. While there is room for all, this limits nobody. Whoever has most makes"
          + " room for those who have less, except root and bounce.user."),
  DAEMON_MEMORY(
      "daemon.memory",
      Type.SIZE,
      "16MiB",
      "The memory for messages that are arriving. What does not fit, and every message"
          + " over 1 MiB, goes to a file in work.directory."),
  DAEMON_RECEIVE_TIMEOUT(
      "daemon.receive-timeout",
      Type.DURATION,
      "2h",
      "How long a message may take to arrive. If most of daemon.max-connections are"
          + " taken, it is less, but at least five minutes."),
  DAEMON_IDLE_TIMEOUT(
      "daemon.idle-timeout",
      Type.DURATION,
      "25m",
      "How long qscan-client may send nothing while qscand expects something. It must be"
          + " longer than the timeout of qmail-smtpd, which is 20 minutes."),
  DAEMON_DRAIN_TIMEOUT(
      "daemon.drain-timeout",
      Type.DURATION,
      "60s",
      "How long qscand continues with its messages after it was told to stop: half of"
          + " this with those that are still arriving, all of it with those that are being"
          + " scanned. The supervisor must wait longer before it kills qscand."),
  LOG_SYSLOG(
      "log.syslog",
      Type.BOOLEAN,
      "true",
      "Whether the log also goes to syslog (facility mail, ident qscan). It always goes"
          + " to standard error.");

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
      case CHOICES -> {
        boolean auto = choices.get(0).equals("auto");
        List<String> words = auto ? choices.subList(1, choices.size()) : choices;
        yield (auto ? "auto, or " : "")
            + "one or more of "
            + String.join(", ", words)
            + ", separated by commas";
      }
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
