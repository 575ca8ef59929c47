package org.qscan.engine;

/**
 * How far a session has come. Each step is taken once and in order, and a call out of order fails
 * at once. Without this check, a scan without a message would wait for one until {@code
 * extract.timeout}, and a scan after a failed extraction would see only a part of the message.
 */
final class Stage {

  private enum Step {
    OPENED("the message has not been received"),
    RECEIVING("receive() has not ended, or has failed"),
    RECEIVED("the message has been received"),
    EXTRACTING("extract() has not ended, or has failed"),
    EXTRACTED("the message has been taken apart"),
    JUDGING("scan() or explain() has been called"),
    AT_GATE(JUDGING.text),
    ASKING(JUDGING.text),
    LEFT_GATE(JUDGING.text);

    private final String text;

    Step(String text) {
      this.text = text;
    }
  }

  private Step step = Step.OPENED;
  private boolean closed;

  /**
   * {@code receive()} begins.
   *
   * @throws IllegalStateException if it was called before
   */
  synchronized void beginReceiving() {
    take("receive()", Step.OPENED, Step.RECEIVING);
  }

  /** {@code receive()} has received the whole message. */
  synchronized void received() {
    step = Step.RECEIVED;
  }

  /**
   * {@code extract()} begins.
   *
   * @throws IllegalStateException if no message has been received, or if it was called before
   */
  synchronized void beginExtracting() {
    take("extract()", Step.RECEIVED, Step.EXTRACTING);
  }

  /** {@code extract()} has succeeded. */
  synchronized void extracted() {
    step = Step.EXTRACTED;
  }

  /**
   * {@code scan()} or {@code explain()} begins.
   *
   * @param call its name
   * @return whether the message has yet to be taken apart
   * @throws IllegalStateException if no message has been received, if extraction has failed, or if
   *     either was called before
   */
  synchronized boolean beginScan(String call) {
    boolean extract = step == Step.RECEIVED;
    take(call, extract ? Step.RECEIVED : Step.EXTRACTED, Step.JUDGING);
    return extract;
  }

  /** The session begins to wait for a slot. */
  synchronized void atGate() {
    step = Step.AT_GATE;
  }

  /** The session has a slot, and asks the scanners. */
  synchronized void asking() {
    step = Step.ASKING;
  }

  /** The session has no slot any more, or did not get one. */
  synchronized void leftGate() {
    step = Step.LEFT_GATE;
  }

  /** Whether the session is asking scanners. */
  synchronized boolean isAsking() {
    return step == Step.ASKING;
  }

  /** Whether the session waits for a slot or has one. */
  synchronized boolean isAtGate() {
    return step == Step.AT_GATE || step == Step.ASKING;
  }

  /** The session is closed, at whatever stage. Steps that still run find that out. */
  synchronized void close() {
    closed = true;
  }

  /** Whether {@link #close} was called. */
  synchronized boolean isClosed() {
    return closed;
  }

  private void take(String call, Step from, Step to) {
    if (step != from) {
      throw new IllegalStateException(
          call + " was called out of order: in this session, " + step.text);
    }
    step = to;
  }
}
