package org.qscan.qmail.daemon;

import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Channels that were accepted and not begun yet, by the user who called. The kernel's queue is
 * first come, first served, and any user can fill it at once with connections that are closed
 * already. So it is emptied as fast as possible, and each user has a queue of their own here.
 */
final class AcceptedChannels {

  /** The most channels of one user that are begun in one turn of the server. */
  private static final int AT_A_TIME = 16;

  /**
   * The most channels of all users. If there are more, the user with the most loses the one that
   * has waited longest.
   */
  static final int MOST = 512;

  private final Map<String, Deque<SocketChannel>> byCaller = new LinkedHashMap<>();
  private int size;

  /** A channel, and the user who called. */
  record UserChannel(SocketChannel channel, String caller) {}

  /**
   * Adds a channel.
   *
   * @return a channel for which there is no room, or null
   */
  @Nullable SocketChannel add(SocketChannel channel, String caller) {
    byCaller.computeIfAbsent(caller, it -> new ArrayDeque<>()).add(channel);
    size++;
    if (size <= MOST) {
      return null;
    }
    Deque<SocketChannel> most = new ArrayDeque<>();
    for (Deque<SocketChannel> one : byCaller.values()) {
      most = one.size() > most.size() ? one : most;
    }
    size--;
    return most.poll();
  }

  /** The next channels: a few of each user. */
  List<UserChannel> next() {
    List<UserChannel> next = new ArrayList<>();
    for (Iterator<Map.Entry<String, Deque<SocketChannel>>> all = byCaller.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<String, Deque<SocketChannel>> one = all.next();
      for (int n = 0; n < AT_A_TIME && !one.getValue().isEmpty(); n++) {
        next.add(new UserChannel(one.getValue().remove(), one.getKey()));
        size--;
      }
      if (one.getValue().isEmpty()) {
        all.remove();
      }
    }
    return next;
  }

  boolean isEmpty() {
    return size == 0;
  }
}
