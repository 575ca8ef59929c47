package org.qscan.qmail.daemon;

/**
 * How far a connection has come, with the table of the events at each stage and of the stage to
 * which each one leads. Each stage lists each {@link Event}; if one is missing, the compiler
 * reports it.
 */
enum ConnectionStage {

  /** The client has sent nothing. */
  GREETING {
    @Override
    Transition on(Event event) {
      return switch (event) {
        case HELLO -> Transition.to(WAITING);
        case STATUS -> Transition.to(GREETING);
        case REFUSED -> Transition.to(REFUSED);
        case CLOSED -> Transition.to(CLOSED);
        case MESSAGE, END, ENVELOPE, OUTCOME, UNKNOWN -> Transition.ERROR;
        case ADMITTED, SUBMITTED, JUDGED, ANSWERED -> Transition.IGNORED;
      };
    }
  },

  /** The client has said who it is, and waits for a place. */
  WAITING {
    @Override
    Transition on(Event event) {
      return switch (event) {
        case ADMITTED -> Transition.to(RECEIVING);
        case REFUSED -> Transition.to(REFUSED);
        case OUTCOME, CLOSED -> Transition.to(CLOSED);
        case HELLO, STATUS, MESSAGE, END, ENVELOPE, UNKNOWN -> Transition.ERROR;
        case SUBMITTED, JUDGED, ANSWERED -> Transition.IGNORED;
      };
    }
  },

  /** The client has a place, and sends its message. */
  RECEIVING {
    @Override
    Transition on(Event event) {
      return switch (event) {
        case MESSAGE -> Transition.to(RECEIVING);
        case END -> Transition.to(STORING);
        case REFUSED -> Transition.to(REFUSED);
        case OUTCOME, CLOSED -> Transition.to(CLOSED);
        case HELLO, STATUS, ENVELOPE, UNKNOWN -> Transition.ERROR;
        case ADMITTED, SUBMITTED, JUDGED, ANSWERED -> Transition.IGNORED;
      };
    }
  },

  /** The message is complete. Its last octets may still be on their way to the disk. */
  STORING {
    @Override
    Transition on(Event event) {
      return event == Event.SUBMITTED ? Transition.to(SCANNING) : whole(this, event);
    }
  },

  /** A scan has the message. */
  SCANNING {
    @Override
    Transition on(Event event) {
      return event == Event.JUDGED ? Transition.to(JUDGED) : whole(this, event);
    }
  },

  /** The outcome of the scan is known, but the envelope is not. */
  JUDGED {
    @Override
    Transition on(Event event) {
      return event == Event.ANSWERED ? Transition.to(ANSWERED) : whole(this, event);
    }
  },

  /** The client was told what happens to its message. */
  ANSWERED {
    @Override
    Transition on(Event event) {
      return answered(event);
    }
  },

  /** The client was told to try again, for another reason than a decision on its message. */
  REFUSED {
    @Override
    Transition on(Event event) {
      return answered(event);
    }
  },

  /** The connection is closed. */
  CLOSED {
    @Override
    Transition on(Event event) {
      return switch (event) {
        case HELLO,
            STATUS,
            MESSAGE,
            END,
            ENVELOPE,
            OUTCOME,
            UNKNOWN,
            ADMITTED,
            SUBMITTED,
            JUDGED,
            ANSWERED,
            REFUSED,
            CLOSED ->
            Transition.IGNORED;
      };
    }
  };

  /** The events of a connection: first what its client sends, then what we do. */
  enum Event {
    HELLO,
    STATUS,
    /** A piece of the message. */
    MESSAGE,
    END,
    ENVELOPE,
    OUTCOME,
    /** A frame of a type that no client sends. */
    UNKNOWN,

    /** There is a place for the connection. */
    ADMITTED,
    /** The message is stored, and a scan has it. */
    SUBMITTED,
    /** The scan has its outcome. */
    JUDGED,
    /** The client gets the answer that follows from the outcome. */
    ANSWERED,
    /** The client is told to try again. */
    REFUSED,
    CLOSED;

    /**
     * The event for a frame from the client.
     *
     * @param type the type of a frame that is not a piece of the message
     */
    static Event of(char type) {
      return switch (type) {
        case Frame.HELLO -> HELLO;
        case Frame.STATUS -> STATUS;
        case Frame.END -> END;
        case Frame.ENVELOPE -> ENVELOPE;
        case Frame.OUTCOME -> OUTCOME;
        default -> UNKNOWN;
      };
    }
  }

  /**
   * The effect of an event at a stage.
   *
   * @param kind whether it is expected
   * @param next the next stage, which may be the same; only valid if the event is expected
   */
  record Transition(Reaction kind, ConnectionStage next) {

    /** Whether an event is expected at a stage. */
    enum Reaction {
      EXPECTED,
      /** It comes too late to matter, because its sender did not know the stage yet. */
      IGNORED,
      /** It is an error of the client in the protocol. */
      ERROR
    }

    static final Transition IGNORED = new Transition(Reaction.IGNORED, CLOSED);
    static final Transition ERROR = new Transition(Reaction.ERROR, CLOSED);

    static Transition to(ConnectionStage next) {
      return new Transition(Reaction.EXPECTED, next);
    }
  }

  /** The effect of this event at this stage. */
  abstract Transition on(Event event);

  /**
   * Whether this event is expected at this stage.
   *
   * @return false if it has to be ignored
   * @throws ProtocolException if it is an error of the client
   */
  boolean expects(Event event) throws ProtocolException {
    Transition.Reaction kind = on(event).kind();
    if (kind == Transition.Reaction.ERROR) {
      throw new ProtocolException(event + " is not expected here");
    }
    return kind == Transition.Reaction.EXPECTED;
  }

  /** Whether the client has been told that its message is taken. */
  boolean isGreeted() {
    return compareTo(RECEIVING) >= 0;
  }

  /** Whether nothing more of the message is expected. */
  boolean isReceived() {
    return compareTo(STORING) >= 0 && this != CLOSED;
  }

  /** Whether the message occupies room for which others may be waiting. */
  boolean isUnderWay() {
    return this == RECEIVING || isWhole();
  }

  /** Whether the message is complete, but not answered. */
  boolean isWhole() {
    return this == STORING || this == SCANNING || this == JUDGED;
  }

  /** Whether the client has its answer, so that what it sends is for the log only. */
  boolean isAnswered() {
    return this == ANSWERED || this == REFUSED;
  }

  /** Whether no scan has the message, so that nobody else closes it. */
  boolean ownsMessage() {
    return compareTo(STORING) <= 0;
  }

  /** The transitions that are the same at all stages at which the message is complete. */
  private static Transition whole(ConnectionStage stage, Event event) {
    return switch (event) {
      case ENVELOPE -> Transition.to(stage);
      case REFUSED -> Transition.to(REFUSED);
      case OUTCOME, CLOSED -> Transition.to(CLOSED);
      case HELLO, STATUS, MESSAGE, END, UNKNOWN -> Transition.ERROR;
      case ADMITTED, SUBMITTED, JUDGED, ANSWERED -> Transition.IGNORED;
    };
  }

  /** The transitions that are the same at both stages at which the client has its answer. */
  private static Transition answered(Event event) {
    return switch (event) {
      case OUTCOME, CLOSED -> Transition.to(CLOSED);
      case HELLO,
          STATUS,
          MESSAGE,
          END,
          ENVELOPE,
          UNKNOWN,
          ADMITTED,
          SUBMITTED,
          JUDGED,
          ANSWERED,
          REFUSED ->
          Transition.IGNORED;
    };
  }
}
