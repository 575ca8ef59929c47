package org.qscan.mailet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several senders at once. */
final class InParallel implements AutoCloseable {

  private final ExecutorService senders;

  InParallel(int senders) {
    this.senders = Executors.newFixedThreadPool(senders);
  }

  /** Sends one mail. */
  interface Sending {
    String send(int number) throws Exception;
  }

  /** Lets the senders send so many mails. */
  Answers each(int count, Sending sending) {
    List<Future<String>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      Callable<String> one = () -> sending.send(number);
      futures.add(senders.submit(one));
    }
    return new Answers(futures);
  }

  /**
   * What the server said to each.
   *
   * @param futures one a mail
   */
  record Answers(List<Future<String>> futures) {

    /** All answers; where there was none, what went wrong. */
    List<String> await() throws InterruptedException {
      List<String> answers = new ArrayList<>();
      for (Future<String> future : futures) {
        try {
          answers.add(future.get());
        } catch (ExecutionException e) {
          answers.add(e.getCause() + "");
        }
      }
      return answers;
    }
  }

  /** Whoever has not sent yet does not send any more. */
  @Override
  public void close() {
    senders.shutdownNow();
  }
}
