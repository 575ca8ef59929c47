package org.qscan.qmail.daemon;

/**
 * How far a connection has come, with the table of what may happen at each stage and what that
 * leads to. Each stage lists each {@link Event}; if one is missing, the compiler says so.
 */
enum ConnectionStage {

  /** The client has said nothing. */
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

  /** It has said who it is, and waits for a place. */
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

  /** It has a place, and sends its message. */
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

  /** The message is whole; its last octets may still be on their way to the disk. */
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

  /** The outcome of the scan is known, and the envelope is not. */
  JUDGED {
    @Override
    Transition on(Event event) {
      return event == Event.ANSWERED ? Transition.to(ANSWERED) : whole(this, event);
    }
  },

  /** The client was told what becomes of its message. */
  ANSWERED {
    @Override
    Transition on(Event event) {
      return answered(event);
    }
  },

  /** The client was told to try again, by something other than a decision on its message. */
  REFUSED {
    @Override
    Transition on(Event event) {
      return answered(event);
    }
  },

  /** Nobody listens any more. */
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

  /** What can happen to a connection: what its client says, then what we do. */
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

    /** There is a place for it. */
    ADMITTED,
    /** The message is stored, and a scan has it. */
    SUBMITTED,
    /** The scan has its outcome. */
    JUDGED,
    /** The client gets the answer that the outcome leads to. */
    ANSWERED,
    /** The client is told to try again. */
    REFUSED,
    CLOSED;

    /**
     * What a client says with such a frame.
     *
     * @param type of a frame that is not a piece of the message
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
   * What an event leads to at a stage.
   *
   * @param kind whether it is expected
   * @param next the next stage, which may be the same; only to be asked if it is expected
   */
  record Transition(Reaction kind, ConnectionStage next) {

    /** Whether an event is expected at a stage. */
    enum Reaction {
      EXPECTED,
      /** It comes too late to matter: who said it did not know yet. */
      IGNORED,
      /** An error of the client's in the protocol. */
      ERROR
    }

    static final Transition IGNORED = new Transition(Reaction.IGNORED, CLOSED);
    static final Transition ERROR = new Transition(Reaction.ERROR, CLOSED);

    static Transition to(ConnectionStage next) {
      return new Transition(Reaction.EXPECTED, next);
    }
  }

  /** What this event leads to at this stage. */
  abstract Transition on(Event event);

  /**
   * Whether this event is expected at this stage.
   *
   * @return false if it is to be ignored
   * @throws ProtocolException if it is an error of the client's
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

  /** Whether the message takes room for which others may be waiting. */
  boolean isUnderWay() {
    return this == RECEIVING || isWhole();
  }

  /** Whether the message is whole, and not answered. */
  boolean isWhole() {
    return this == STORING || this == SCANNING || this == JUDGED;
  }

  /** Whether the client has its answer, and is listened to for the log alone. */
  boolean isAnswered() {
    return this == ANSWERED || this == REFUSED;
  }

  /** Whether no scan has had the message, so that nobody else closes it. */
  boolean ownsMessage() {
    return compareTo(STORING) <= 0;
  }

  /** What is the same at all stages at which the message is whole. */
  private static Transition whole(ConnectionStage stage, Event event) {
    return switch (event) {
      case ENVELOPE -> Transition.to(stage);
      case REFUSED -> Transition.to(REFUSED);
      case OUTCOME, CLOSED -> Transition.to(CLOSED);
      case HELLO, STATUS, MESSAGE, END, UNKNOWN -> Transition.ERROR;
      case ADMITTED, SUBMITTED, JUDGED, ANSWERED -> Transition.IGNORED;
    };
  }

  /** What is the same at both stages at which the client has its answer. */
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
