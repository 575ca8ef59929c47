package org.qscan.engine.batch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qscan.engine.batch.EveryOrder.Actor;
import org.qscan.engine.gate.SessionLease;
import org.qscan.engine.gate.WorkDirectory;
import org.qscan.engine.scan.Finding;

/**
 * The protocol of shared runs in every order of its steps: join, lead, take, move, show, answer,
 * put back, leave, give up, interrupt, disband. In each order each session ends, with its own
 * batch's answer or for its own reason; no member is in two batches; and nobody moves or shows the
 * files of one that has left.
 */
class BatchStateTest {

  private static final Finding CLEAN = new Finding(List.of(), List.of(), List.of(), List.of());
  private static final long PATIENCE = 10;
  private static final long LONGEST = 100;

  /** Of any lead: nothing of it is ever on a disk. */
  private static @Nullable SessionLease lease;

  @BeforeAll
  static void aLease(@TempDir Path directory) throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    lease = WorkDirectory.open(directory, false).reserve();
  }

  /** What {@link Batches} and {@link Batch} do between the steps, without gate, disk, scanner. */
  private static final class House implements EveryOrder.Trial {
    private final EveryOrder order;
    private final BatchState state;
    private final int putBacks;
    private final boolean collectorsFail;
    private final List<BatchMember> leavers = new ArrayList<>();
    private final Set<String> ends; // gets what came of all sessions, over all orders
    private final Map<String, BatchMember> sessions = new LinkedHashMap<>();
    private final Map<String, String> results = new LinkedHashMap<>();
    private final Map<BatchMembers, Integer> batches = new LinkedHashMap<>();
    private final List<BatchMember> gone = new ArrayList<>(); // their directories are removed
    private final List<String> stepwise = new ArrayList<>();
    private final Map<Integer, BatchState.Lead> leads = new LinkedHashMap<>();
    private final Set<Integer> announced = new HashSet<>();

    /**
     * With somebody under way, so that others wait.
     *
     * @param most how many share a run
     * @param putBacks how often a batch puts session a back before one answers it
     */
    House(EveryOrder order, int most, int putBacks, boolean collectorsFail, Set<String> ends) {
      this.order = order;
      this.state = new BatchState(order.ticker(), most, 1000, order.lock());
      this.putBacks = putBacks;
      this.collectorsFail = collectorsFail;
      this.ends = ends;
      state.beginAlone();
    }

    private static Path own(String name) {
      return Path.of("/own/" + name);
    }

    /** A session that wants a run. */
    Actor session(String name) {
      BatchMember member = new BatchMember(state, own(name), Path.of("raw"), "");
      sessions.put(name, member);
      results.put(name, "");
      Actor actor = order.actor(name);
      return actor.then(
          "join",
          () -> {
            switch (state.join(member, 1, false)) {
              case ALONE -> {
                results.put(name, "alone");
                actor.then("end alone", () -> state.endAlone(1));
              }
              case LEFT -> results.put(name, "left");
              case WAITS ->
                  actor
                      .then("appoint", this::collect)
                      .then("await", () -> await(name, member))
                      .then("withdraw", () -> withdraw(member));
            }
          });
    }

    /** The lease to be closed is that of the lead that ends with it, if it was told. */
    private void withdraw(BatchMember member) {
      int before = leading();
      SessionLease closes = state.withdraw(member);
      boolean ended = before != 0 && leading() == 0;
      require(closes == null || ended, "a lease is closed, and its lead goes on");
      require(
          !ended || state.isCalledOff(requireNonNull(leads.get(before))),
          "nobody waits, and a lead goes on");
      require(
          !ended || (closes != null) == announced.contains(before),
          "a lead was called off, and its lease is not closed");
    }

    /** The number of the lead; 0: none. */
    private int leading() {
      String all = state.toString();
      int from = all.indexOf("lead ") + 5;
      String lead = all.substring(from, all.indexOf(',', from));
      return lead.equals("none") ? 0 : Integer.parseInt(lead.substring(1));
    }

    /** What is done to these is done in steps of their own, between which others do theirs. */
    House inSteps(String... names) {
      stepwise.addAll(List.of(names));
      return this;
    }

    private void await(String name, BatchMember member) {
      try {
        BatchState.Waited waited = state.await(member, PATIENCE, LONGEST);
        boolean inVain = waited == BatchState.Waited.OUT_OF_PATIENCE;
        require(!inVain || member.batch == null, "out of patience, though a run has it");
        require(!inVain || order.now() > PATIENCE, "out of patience too early");
        boolean tooLong = waited == BatchState.Waited.TOO_LONG;
        require(!tooLong || order.now() > LONGEST, "too long too early");
        results.put(
            name,
            switch (waited) {
              case ANSWERED ->
                  member.answer().isGoAlone() ? "alone" : member.answer().notes().toString();
              case LEFT -> "left";
              case OUT_OF_PATIENCE -> "out of patience";
              case TOO_LONG -> "too long";
            });
      } catch (InterruptedException e) {
        results.put(name, "interrupted");
      }
    }

    /** Sessions end, by another thread. */
    void leave(String... names) {
      Actor actor = order.actor("closer");
      for (String name : names) {
        BatchMember member = requireNonNull(sessions.get(name));
        leavers.add(member);
        actor.then(
            name + " leaves",
            () -> {
              BatchMembers has = state.leave(member);
              if (has != null) {
                actor.then("end the run", has::left);
              }
              actor.then("remove the directory", () -> gone.add(member));
            });
      }
    }

    /** As whoever ends the process does. */
    void rest() {
      try {
        state.rest(LONGEST);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      require(state.toString().contains("collectors 0"), "rests before a collector has retired");
    }

    private void collect() {
      BatchState.Lead lead = state.appoint();
      if (lead != null) {
        String name = "collector #" + lead.number();
        Actor collector = order.actor(name);
        BatchMembers batch = new BatchMembers(state, () -> {});
        batches.put(batch, lead.number());
        leads.put(lead.number(), lead);
        if (collectorsFail) {
          collector.then("disband", () -> state.disband(lead));
        } else {
          collector.then(
              "announce",
              () -> {
                boolean goesOn = state.announce(lead, requireNonNull(lease));
                require(goesOn != state.isCalledOff(lead), "called off, and not told so");
                require(goesOn || leading() != lead.number(), "called off, and still leads");
                if (goesOn) {
                  announced.add(lead.number());
                  collector.then("take", () -> take(collector, lead, batch));
                }
              });
        }
        collector
            .then("resign", () -> state.resign(lead))
            .then(
                "appoint",
                () -> {
                  collect();
                  state.retire();
                });
      }
    }

    private void take(Actor collector, BatchState.Lead lead, BatchMembers batch) {
      int before = leading();
      state.take(lead, batch);
      List<BatchMember> members = state.members(batch);
      if (before == lead.number()) {
        require(leading() == 0, "has taken, and still leads");
      } else {
        require(members.isEmpty(), "taken by a lead that has ended");
        require(leading() == before, "a lead was ended by one that has ended");
      }
      if (!members.isEmpty()) {
        collector.then("appoint", this::collect);
        for (BatchMember member : members) {
          collector.then("scan " + nameOf(member), () -> scan(collector, batch, member));
        }
        collector.then("end the run", () -> state.endRun(1, members.size(), false));
      }
    }

    /** In one step, unless it leaves meanwhile or is to be in steps: it concerns nobody else. */
    private void scan(Actor collector, BatchMembers batch, BatchMember member) {
      String name = nameOf(member);
      Path place = Path.of("/run/#" + batches.get(batch));
      then(
          collector,
          member,
          "begin to move " + name,
          () -> {
            if (state.beginMove(member)) {
              then(collector, member, "end the move of " + name, () -> endMove(member, place));
            }
            then(
                collector,
                member,
                "show " + name,
                () -> {
                  boolean shown = state.show(member) != null;
                  require(
                      !shown || member.batch == batch, "shown by a batch that does not have it");
                  require(!shown || !gone.contains(member), "shown when its directory was gone");
                  require(!shown || member.place().equals(place), "another batch has moved it");
                  if (name.equals("a") && member.failures() < putBacks) {
                    moveBack(collector, batch, member);
                  } else {
                    then(collector, member, "answer " + name, () -> answer(batch, member));
                  }
                });
          });
    }

    private void moveBack(Actor collector, BatchMembers batch, BatchMember member) {
      String name = nameOf(member);
      state.failed(member, "again");
      if (state.beginMove(member)) {
        then(collector, member, "move back " + name, () -> endMove(member, own(name)));
      }
      then(collector, member, "put back " + name, () -> state.putBack(batch, member));
      collector.then("appoint", this::collect);
    }

    private String nameOf(BatchMember member) {
      for (Map.Entry<String, BatchMember> one : sessions.entrySet()) {
        if (one.getValue() == member) {
          return one.getKey();
        }
      }
      throw new AssertionError("nobody's member");
    }

    private void endMove(BatchMember member, Path place) {
      require(!gone.contains(member), "moved when its directory was gone");
      state.endMove(member, place);
    }

    private void answer(BatchMembers batch, BatchMember member) {
      state.answer(batch, member, BatchAnswer.of(CLEAN, List.of("run"), 1, 0, 0));
      state.answer(batch, member, BatchAnswer.of(CLEAN, List.of("twice"), 1, 0, 0));
    }

    private void then(Actor actor, BatchMember member, String what, Runnable step) {
      if (leavers.contains(member) || stepwise.contains(nameOf(member))) {
        actor.then(what, step);
      } else {
        step.run();
      }
    }

    @Override
    public String state() {
      StringBuilder all = new StringBuilder(state.toString());
      sessions.forEach((name, member) ->
          all.append('\n')
              .append(name)
              .append(' ')
              .append(results.get(name))
              .append(' ')
              .append(member.state)
              .append(member.moving ? " moving " : " ")
              .append(member.place)
              .append(' ')
              .append(member.failures)
              .append(' ')
              .append(member.waited)
              .append(' ')
              .append(member.since)
              .append(' ')
              .append(member.answer)
              .append(' ')
              .append(member.batch == null ? "" : "#" + batches.get(member.batch))
              .append(gone.contains(member) ? " gone" : ""));
      for (int number : announced) {
        all.append("\nannounced #").append(number);
      }
      batches.forEach((batch, number) -> {
        if (!batch.list.isEmpty()) {
          all.append("\nbatch #").append(number);
          sessions.forEach((name, member) -> all.append(batch.list.contains(member) ? name : ""));
        }
      });
      return all.toString();
    }

    @Override
    public void check() {
      require(leading() == 0 || state.waiting() > 0, "somebody leads, and nobody waits");
      for (BatchMember member : sessions.values()) {
        List<BatchMembers> lists =
            batches.keySet().stream().filter(batch -> batch.list.contains(member)).toList();
        require(lists.size() <= 1, "in two batches");
        boolean taken = member.state == BatchMember.MemberState.TAKEN;
        require(taken ? lists.equals(List.of(member.batch)) : true, "taken, and in no batch");
        require(lists.isEmpty() || member.answer == null, "answered, and still in a batch");
        if (member.state == BatchMember.MemberState.WAITING) {
          require(lists.isEmpty(), "waits, and is in a batch");
          require(member.place.startsWith("/own"), "waits, and its files are away");
          require(
              !state.toString().contains("lead none")
                  || order.actors().stream().anyMatch(actor -> actor.willDo("appoint")),
              "waits, and nobody leads or is about to appoint one");
        }
      }
    }

    @Override
    public void checkEnd() {
      state.endAlone(1);
      require(state.isIdle(), "somebody is left: " + state);
      require(state.toString().contains("collectors 0"), "a collector was not counted down");
      require(!results.containsValue(""), "a session has no result");
      ends.add(results.values().toString());
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private final Set<String> ends = new TreeSet<>();

  private House house(EveryOrder order, int most, int putBacks) {
    return new House(order, most, putBacks, false, ends);
  }

  @Test
  void whoeverWaitsIsAnsweredByOneBatchAndOnce() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0).inSteps("a", "b");
      house.session("a");
      house.session("b");
      return house;
    });
    assertThat(ends).containsExactly("[[run], [run]]");
  }

  @Test
  void whoIsPutBackIsAnsweredByAnotherBatch() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 1);
      house.session("a");
      house.session("b");
      return house;
    });
    assertThat(ends).containsExactly("[[again, run], [run]]");
  }

  @Test
  void whoLeavesIsNeitherMovedNorShownFromThenOnAndTheOthersDoNotNotice() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0);
      house.session("a");
      house.session("b");
      house.leave("a");
      return house;
    });
    assertThat(ends).containsExactly("[[run], [run]]", "[left, [run]]");
  }

  @Test
  void whoLeavesWhileHeIsPutBackIsInNoOtherBatch() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 1);
      house.session("a");
      house.leave("a");
      return house;
    });
    assertThat(ends).containsExactly("[[again, run]]", "[left]");
  }

  @Test
  void whereAllLeaveTheirRunIsEndedAndTheCollectorGoes() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0);
      house.session("a");
      house.session("b");
      house.leave("a", "b");
      return house;
    });
    assertThat(ends)
        .containsExactly("[[run], [run]]", "[[run], left]", "[left, [run]]", "[left, left]");
  }

  @Test
  void whoIsOutOfPatienceGoesUnlessARunHasHim() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0).inSteps("a");
      house.session("a");
      order.actor("time").then("passes", () -> order.passUntil(PATIENCE + 1));
      house.session("b");
      return house;
    });
    assertThat(ends)
        .containsExactly(
            "[[run], [run]]",
            "[[run], out of patience]",
            "[out of patience, [run]]",
            "[out of patience, out of patience]");
  }

  @Test
  void whoseRunDoesNotEndIsToldSo() {
    EveryOrder.of(order -> {
      House house = house(order, 1, 0).inSteps("a");
      house.session("a");
      order.actor("time").then("passes", () -> order.passUntil(LONGEST + 1));
      return house;
    });
    assertThat(ends).containsExactly("[[run]]", "[out of patience]", "[too long]");
  }

  @Test
  void whoIsInterruptedGoesAndTheOthersDoNotNotice() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0).inSteps("a");
      Actor a = house.session("a");
      house.session("b");
      order.actor("interrupter").then("interrupt", a::interrupt);
      return house;
    });
    assertThat(ends).containsExactly("[[run], [run]]", "[interrupted, [run]]");
  }

  @Test
  void whoRestsGoesOnWhenTheLastCollectorHasRetired() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0);
      house.session("a");
      order.actor("end").then("rest", house::rest);
      return house;
    });
    assertThat(ends).containsExactly("[[run]]");
  }

  @Test
  void whereCollectorsFailAllGoAlone() {
    EveryOrder.of(order -> {
      House house = new House(order, 2, 0, true, ends);
      house.session("a");
      house.session("b");
      return house;
    });
    assertThat(ends).containsExactly("[alone, alone]");
  }

  @Test
  void withNobodyUnderWayTheFirstGoesAloneAndTheNextWaits() {
    EveryOrder.of(order -> {
      House house = house(order, 2, 0);
      order.actor("first").then("ends", () -> house.state.endAlone(1));
      house.session("a");
      house.session("b");
      order.actor("another").then("begins", house.state::beginAlone);
      return house;
    });
    assertThat(ends)
        .containsExactly("[[run], [run]]", "[[run], alone]", "[alone, [run]]", "[alone, alone]");
  }
}
