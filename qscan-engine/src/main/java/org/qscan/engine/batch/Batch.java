package org.qscan.engine.batch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.qscan.engine.ScanFailure;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.Slot;
import org.qscan.engine.process.ProcessTree;
import org.qscan.engine.scan.BatchResult;
import org.qscan.engine.scan.Finding;
import org.qscan.engine.scan.Panel;
import org.qscan.engine.scan.ScanInput;
import org.qscan.engine.time.Ticker;

/**
 * Messages that share one slot, and one run of the scanner if all goes well. A shared run can only
 * say that messages are clean. Any other verdict needs a run of the message by itself.
 *
 * <ul>
 *   <li>A message that a line names is scanned alone, and the others together once more.
 *   <li>If a run fails and names no message (a crash, an unknown line, an exit code that
 *       contradicts the text), the message to blame is searched for: half of the messages are
 *       scanned, and if a half fails, it is halved again. The other half is put back, and shares
 *       another run with the messages that wait by then. Three or fewer are scanned one by one.
 *   <li>If the run stopped in the middle, only the messages whose files it read last are suspected
 *       ({@link AccessTimes}).
 *   <li>A run of several messages has half of the time of a single one. If that is not enough, all
 *       are scanned alone, because halves might take as long again. The same happens if the search
 *       has taken half of {@code scan.timeout}.
 * </ul>
 *
 * <p>The runs of a batch follow one another in its one slot. Only one thread may use it, except for
 * {@link BatchMembers#left}.
 */
final class Batch implements AutoCloseable {

  /**
   * The number of failed batches after which a message does not share a run again, whichever
   * message was the cause.
   */
  private static final int ENOUGH = 3;

  /**
   * The number of messages that are scanned one by one if one of them is the cause, because halves
   * would take as many runs.
   */
  private static final int FEW = 3;

  private static final Finding CLEAN = new Finding(List.of(), List.of(), List.of(), List.of());

  private final Panel panel;
  private final SessionLease lease;
  private final Duration timeout;
  private final BatchState state;
  private final Runnable collect;
  private final Consumer<BatchMember> blamed;
  private final BatchMembers members; // not yet released
  private final Ticker ticker;
  private final long began;
  private int runs;
  private boolean late;
  private String why = ""; // why the last run failed

  /**
   * A batch without messages.
   *
   * @param lease its id marks children, and its directory holds the messages that are scanned
   *     together
   * @param timeout {@code scan.timeout}
   * @param state knows the members of the batch
   * @param collect appoints a collector for the messages that were put back
   * @param blamed takes the messages with which shared runs failed, and in the end their own run as
   *     well
   */
  Batch(
      Panel panel,
      SessionLease lease,
      Duration timeout,
      BatchState state,
      Runnable collect,
      Consumer<BatchMember> blamed) {
    this.panel = panel;
    this.lease = lease;
    this.timeout = timeout;
    this.state = state;
    this.collect = collect;
    this.blamed = blamed;
    this.members = new BatchMembers(state, this::endRun);
    this.ticker = state.ticker();
    this.began = ticker.nanos();
  }

  /** The members, which {@link BatchState#take} puts in. */
  BatchMembers members() {
    return members;
  }

  int size() {
    return copy().size();
  }

  private void endRun() {
    panel.cancel(lease.id());
    ProcessTree.kill(lease.id());
  }

  /** Sends all members that have no answer to the gate, each alone. */
  @Override
  public void close() {
    for (BatchMember member : copy()) {
      try {
        goAlone(member);
      } catch (RuntimeException | Error e) {
        // Its directory could not be removed, and is left to the janitor. The others have to get
        // their answer.
      }
    }
  }

  /** Whether the runs took too long for a batch of this size. */
  boolean isLate() {
    return late;
  }

  /**
   * Scans the members, as far as it gets. A scanner that cannot be ended keeps the slot, as with a
   * single message.
   */
  void scan(Slot slot) {
    boolean ended = false;
    try {
      ended = search();
    } finally {
      if (!ended && !ProcessTree.end(lease.id())) {
        slot.keep();
      }
    }
  }

  /**
   * Runs the scanners until every member has an answer or is put back. False if it ended early, and
   * a scanner may still run.
   */
  private boolean search() {
    List<BatchMember> open = present(copy());
    boolean oneIsToBlame = false; // one of these messages; false: none is suspected
    while (!open.isEmpty()) {
      List<BatchMember> tried = oneIsToBlame ? open.subList(0, part(open.size())) : open;
      List<BatchMember> rest = without(open, tried);
      BatchResult result = run(tried);
      List<BatchMember> doubtful = unreleased(tried);
      if (!areClean(tried, result) && !ProcessTree.end(lease.id())) {
        return false; // also if all have left: nobody waits, but the scanner still runs
      }
      late = result.late() || ticker.nanos() - began >= timeout.toNanos() / 2;
      if (late) {
        return true;
      }
      boolean innocent = areInnocent(tried, result);
      List<BatchMember> named = named(doubtful, result);
      named.forEach(this::goAlone);
      if (innocent) {
        open = rest;
      } else if (!named.isEmpty()) {
        open = rest;
        open.addAll(without(doubtful, named));
        oneIsToBlame = false;
      } else {
        List<BatchMember> last = lastRead(doubtful);
        rest.forEach(this::putBack);
        without(doubtful, last).forEach(this::putBack);
        open = last; // none, if it was alone
        oneIsToBlame = true;
      }
      open = present(open);
    }
    return true;
  }

  /** How many of the suspects to scan in the next run: half of them, and in the end one. */
  private static int part(int suspects) {
    return suspects <= FEW ? 1 : (suspects + 1) / 2;
  }

  /** The messages that the scanner read last if it stopped in the middle; otherwise all. */
  private List<BatchMember> lastRead(List<BatchMember> doubtful) {
    if (doubtful.size() <= FEW) {
      return doubtful;
    }
    List<Path> all = doubtful.stream().map(BatchMember::place).toList();
    Set<Path> places = AccessTimes.last(lease.directory().resolve("run" + runs), all);
    List<BatchMember> last = new ArrayList<>(doubtful);
    last.removeIf(member -> !places.contains(member.place()));
    return last.isEmpty() ? doubtful : last;
  }

  /** Runs the scanners over these messages, and answers those for which there is an answer. */
  private BatchResult run(List<BatchMember> tried) {
    return tried.size() == 1 ? alone(tried.get(0)) : together(tried);
  }

  private BatchResult together(List<BatchMember> tried) {
    Map<Path, BatchMember> places = new LinkedHashMap<>();
    Path root;
    try {
      root = gather(tried, places);
    } catch (IOException e) {
      why = "cannot gather messages in " + lease.directory() + ": " + ScanFailure.inWords(e);
      return new BatchResult(Map.of(), Set.of(), true, why); // so each is scanned alone
    }
    List<Path> directories = List.copyOf(places.keySet());
    if (directories.isEmpty()) { // all have left
      return new BatchResult(Map.of(), Set.of(), false, "");
    }
    if (directories.size() > FEW) {
      AccessTimes.wipe(root);
    }
    long start = ticker.nanos();
    BatchResult result = asShown(panel.scanTogether(root, directories, lease.id()), places);
    long end = ticker.nanos();
    // If it is the same for all of them, a scanner does not work, and no message is the cause.
    if (result.clean().size() < directories.size() && result.named().size() < directories.size()) {
      why = "scanned again after a run with others: " + result.why();
    }
    result
        .clean()
        .forEach((place, notes) -> {
          BatchMember member = places.get(place);
          if (member != null) {
            answer(member, BatchAnswer.of(CLEAN, notes, directories.size(), start, end));
          }
        });
    return result;
  }

  /**
   * The result without the messages whose files have changed meanwhile, because "clean" proves
   * nothing for them.
   */
  private BatchResult asShown(BatchResult result, Map<Path, BatchMember> places) {
    Map<Path, List<String>> clean = new LinkedHashMap<>(result.clean());
    Set<Path> named = new HashSet<>(result.named());
    String why = result.why();
    for (Map.Entry<Path, BatchMember> one : places.entrySet()) {
      ScanInput shown = clean.containsKey(one.getKey()) ? state.show(one.getValue()) : null;
      String change = shown == null ? "" : shown.change();
      if (!change.isEmpty()) {
        clean.remove(one.getKey());
        named.add(one.getKey());
        why = why.isEmpty() ? change : why;
      }
    }
    return new BatchResult(clean, named, result.late(), why);
  }

  /** Makes a directory that holds the files of all of them, and no others. */
  private Path gather(List<BatchMember> tried, Map<Path, BatchMember> places) throws IOException {
    Path root = lease.makeRoom("run" + ++runs);
    for (BatchMember member : tried) {
      Path place = root.resolve(Integer.toString(places.size() + 1));
      if (member.move(place)) {
        places.put(place, member);
      }
    }
    return root;
  }

  /** Scans one member as without a batch. Whatever the result is, it is the answer. */
  private BatchResult alone(BatchMember member) {
    long start = ticker.nanos();
    List<String> notes = new ArrayList<>();
    Map<Path, List<String>> clean = Map.of();
    noteFailure(member);
    ScanInput shown = state.show(member);
    if (shown == null) {
      return new BatchResult(Map.of(), Set.of(), false, "");
    }
    try {
      Finding finding = panel.scan(shown, lease.id(), notes);
      if (finding.verdict().equals(CLEAN.verdict())) {
        clean = Map.of(member.place(), notes);
      }
      long end = ticker.nanos();
      answer(member, BatchAnswer.of(finding, notes, 1, start, end));
    } catch (ScanFailure e) {
      if (member.failures() > 0 && !member.hasLeft()) {
        blamed.accept(member);
      }
      long end = ticker.nanos();
      answer(member, BatchAnswer.of(e, notes, start, end));
    }
    return new BatchResult(clean, Set.of(), false, "");
  }

  // --- members

  private List<BatchMember> copy() {
    return state.members(members);
  }

  /** The members whose session has not ended; the others are released. */
  private List<BatchMember> present(List<BatchMember> some) {
    List<BatchMember> present = new ArrayList<>();
    for (BatchMember member : some) {
      if (member.hasLeft()) {
        sendAlone(member);
      } else {
        present.add(member);
      }
    }
    return present;
  }

  private List<BatchMember> unreleased(List<BatchMember> some) {
    List<BatchMember> unreleased = new ArrayList<>(some);
    unreleased.retainAll(copy());
    return unreleased;
  }

  private static boolean areClean(List<BatchMember> tried, BatchResult result) {
    return tried.stream().allMatch(member -> result.clean().containsKey(member.place()));
  }

  private static boolean areInnocent(List<BatchMember> tried, BatchResult result) {
    for (BatchMember member : tried) {
      if (!result.clean().containsKey(member.place()) && !member.hasLeft()) {
        return false;
      }
    }
    return true;
  }

  private static List<BatchMember> named(List<BatchMember> doubtful, BatchResult result) {
    List<BatchMember> named = new ArrayList<>(doubtful);
    named.removeIf(member -> !result.named().contains(member.place()));
    return named;
  }

  private static List<BatchMember> without(List<BatchMember> some, List<BatchMember> others) {
    List<BatchMember> rest = new ArrayList<>(some);
    rest.removeAll(others);
    return rest;
  }

  private void goAlone(BatchMember member) {
    noteFailure(member);
    sendAlone(member);
  }

  private void noteFailure(BatchMember member) {
    if (!why.isEmpty()) {
      state.failed(member, why);
    }
  }

  private void putBack(BatchMember member) {
    noteFailure(member);
    if (member.failures() >= ENOUGH) {
      sendAlone(member);
    } else if (isMovedBack(member)) {
      state.putBack(members, member);
      collect.run();
    }
  }

  private void sendAlone(BatchMember member) {
    if (isMovedBack(member)) {
      answer(member, BatchAnswer.goAlone(List.of()));
    }
  }

  /**
   * Moves the files back, before its session or another batch gets the message. This takes as long
   * as the disk does.
   *
   * @return false if the files cannot be moved, which is the answer of the message then
   */
  private boolean isMovedBack(BatchMember member) {
    try {
      member.moveBack(); // false: it has left, and needs no answer
      return true;
    } catch (IOException e) {
      long now = ticker.nanos();
      String what = "cannot move the files of a message back from " + member.place();
      answer(member, BatchAnswer.of(new ScanFailure(what, e), List.of(), now, now));
      return false;
    }
  }

  /** Gives a member its answer. From now on, no run of this batch has anything to do with it. */
  private void answer(BatchMember member, BatchAnswer answer) {
    state.answer(members, member, answer);
  }
}
