package org.qscan.engine.extract;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.NameValuePair;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.MimeUtil;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.store.MessageStore;
import org.qscan.engine.store.PartBytes;
import org.qscan.engine.store.PartStore;
import org.qscan.engine.store.Spend;

/**
 * Apache Mime4j in this process, on a thread of its own, reading the message while it arrives.
 * Every body, preamble and epilogue becomes a numbered file; the sender's names are only reported.
 *
 * <p>Mime4j is configured to be permissive here, because a sender who wants to hide something would
 * write exactly the headers that Mime4j's own limits refuse. Only the length of a header line is
 * limited, because the line is held in memory.
 */
public final class Mime4j implements Extractor {

  private static final int MAX_HEADER = 1 << 18;
  private static final int READ_AHEAD = 32768;

  /** What is nested so deeply is not told of to the end. */
  private static final int LONGEST_PATH = 200;

  /** What an event costs, in units of {@link Spend}; measured as in the generous reader's Meter. */
  private static final int EVENT = 500;

  private static final int FIELD_OCTET = 20;

  /** A part; to this comes what is left of {@link Spend#PART} if none before had its content. */
  private static final int PIECE = 25_000;

  private static final int OCTET = 10;

  /**
   * What an octet costs for each multipart that contains it: each one copies it, and looks for its
   * boundary.
   */
  private static final int OCTET_WITHIN = 4;

  private static final MimeConfig PERMISSIVE =
      MimeConfig.custom()
          .setMaxLineLen(MAX_HEADER)
          .setMaxHeaderCount(-1)
          .setMaxHeaderLen(MAX_HEADER)
          .setMaxContentLen(-1)
          .build();

  private final Limits limits;

  /**
   * Mime4j within these limits.
   *
   * @param limits on parts, depth and bytes
   */
  public Mime4j(Limits limits) {
    this.limits = limits;
  }

  @Override
  public String name() {
    return "mime4j";
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public boolean needsFiles() {
    return false;
  }

  @Override
  public Work start(MessageStore message, PartStore store, String session) throws IOException {
    return new Mime4jRun(message, store).begin();
  }

  /** Thrown to leave the parser when the message is over a limit, or when nobody waits any more. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stop(String why) {
      super(why, null, false, false);
    }
  }

  /** Thrown if the fault is ours and not the message's. */
  private static final class Unable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unable(IOException cause) {
      super("cannot write a part (is the disk full?): " + cause, cause, false, false);
    }
  }

  private final class Mime4jRun extends InProcess {
    private final PartStore store;
    private final Spend.Account account;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Insight.Label> labels = new HashMap<>();
    private final Map<String, String> paths = new HashMap<>();
    private final List<String> within = new ArrayList<>(); // what the parser is in
    private final Set<Long> prints = new HashSet<>();
    private final byte[] buffer = new byte[8192];
    private @Nullable String partName;
    private int parts;
    private int depth;
    private long bytes;
    private long seen;

    Mime4jRun(MessageStore message, PartStore store) throws IOException {
      super(message);
      this.store = store;
      this.account = message.spend().account(name());
    }

    @Override
    protected Extraction read(InputStream arriving) {
      try {
        parse(arriving);
        return Extraction.done(names);
      } catch (Stop e) {
        return Extraction.overLimit(String.valueOf(e.getMessage()), names);
      } catch (Unable e) {
        return Extraction.unable("mime4j: " + e.getMessage());
      } catch (OutOfMemoryError | StackOverflowError e) {
        // The message made the parser fail; the other views still count.
        return Extraction.failed("mime4j: " + e);
      } catch (IOException | MimeException | RuntimeException e) {
        return Extraction.failed("mime4j: " + e);
      }
    }

    @Override
    protected Extraction late() {
      return Extraction.failed("mime4j did not end within extract.timeout");
    }

    private void parse(InputStream message) throws IOException, MimeException {
      MimeTokenStream tokens = new MimeTokenStream(PERMISSIVE, new BodyFields());
      tokens.parse(new BufferedInputStream(message, READ_AHEAD));
      for (EntityState state = tokens.getState();
          state != EntityState.T_END_OF_STREAM;
          state = tokens.next()) {
        failIfGivenUp();
        pay(EVENT);
        switch (state) {
          case T_START_MULTIPART, T_START_MESSAGE -> {
            enter(state == EntityState.T_START_MESSAGE ? null : tokens.getBodyDescriptor());
            if (++depth > limits.depth() + 1) { // the message itself is the first
              throw new Stop("parts are nested deeper than extract.max-depth " + limits.depth());
            }
          }
          case T_END_MULTIPART, T_END_MESSAGE -> {
            depth--;
            within.remove(within.size() - 1);
          }
          case T_START_HEADER -> partName = null;
          case T_FIELD -> note(tokens.getField());
          case T_BODY -> {
            BodyDescriptor body = tokens.getBodyDescriptor();
            write(
                MimeUtil.isBase64Encoding(body.getTransferEncoding())
                    ? new Base64Body(tokens.getInputStream())
                    : tokens.getDecodedInputStream(),
                new Insight.Label(partName, body.getMimeType(), body.getTransferEncoding()));
          }
          case T_PREAMBLE ->
              write(tokens.getInputStream(), new Insight.Label(null, null, "preamble"));
          case T_EPILOGUE ->
              write(tokens.getInputStream(), new Insight.Label(null, null, "epilogue"));
          default -> {}
        }
      }
    }

    /** What is a multipart or an enclosed message; the message itself is neither. */
    private void enter(@Nullable BodyDescriptor multipart) {
      String kind = multipart == null ? "message" : multipart.getMimeType();
      String step = kind.substring(kind.indexOf('/') + 1);
      String outer = within.isEmpty() ? "" : within.get(within.size() - 1);
      if (within.isEmpty()) {
        within.add("");
      } else {
        within.add(
            outer.length() > LONGEST_PATH ? outer : outer + (outer.isEmpty() ? "" : ">") + step);
      }
    }

    private void note(Field field) {
      String name = field.getName();
      int length = field.getRaw() == null ? 0 : field.getRaw().length();
      arrived(length);
      pay((long) FIELD_OCTET * length);
      if (names.size() < Views.MOST_NAMES
          && (name.equalsIgnoreCase("Content-Type")
              || name.equalsIgnoreCase("Content-Disposition"))) {
        RawField raw =
            field instanceof RawField known ? known : new RawField(name, field.getBody());
        for (NameValuePair pair : RawFieldParser.DEFAULT.parseRawBody(raw).getParams()) {
          String key = pair.getName();
          if (pair.getValue() != null
              && (key.equalsIgnoreCase("name") || key.equalsIgnoreCase("filename"))) {
            partName = Views.cut(pair.getValue());
            names.add(partName);
          }
        }
      }
    }

    private void write(InputStream body, Insight.Label label) throws IOException {
      int n = body.read(buffer);
      if (n < 0) {
        return; // an empty part holds nothing to scan
      }
      if (++parts > limits.parts()) {
        throw new Stop("more parts than extract.max-parts " + limits.parts());
      }
      pay(PIECE);
      labels.put(Integer.toString(parts), label);
      paths.put(Integer.toString(parts), within.isEmpty() ? "" : within.get(within.size() - 1));
      try (PartBytes out = store.add()) {
        for (; n >= 0; n = body.read(buffer)) {
          bytes += n;
          if (bytes > limits.bytes()) {
            throw new Stop("parts are larger than extract.max-bytes " + limits.bytes());
          }
          failIfGivenUp();
          arrived(n);
          pay((long) n * (OCTET + OCTET_WITHIN * depth));
          write(out, n);
        }
        if (prints.add(out.print())) { // else it needs no file of its own
          pay(Spend.PART - PIECE);
        }
      }
    }

    /**
     * Tells the account how much of the message has arrived. How far the parser has read ahead
     * depends on how fast the message came, and the answer must not depend on that.
     */
    private void arrived(int octets) {
      seen += octets;
      account.arrived(seen);
    }

    private void pay(long units) {
      if (!account.take(units)) {
        throw new Stop(account.why());
      }
    }

    private void failIfGivenUp() throws IOException {
      if (isGivenUp()) {
        throw new IOException("given up");
      }
    }

    /**
     * Writes octets. An error of the message and one of the disk are both an IOException, and are
     * told apart here.
     */
    private void write(OutputStream out, int n) {
      try {
        out.write(buffer, 0, n);
      } catch (IOException e) {
        throw new Unable(e);
      }
    }

    /** What it knows; nothing while the thread may still be working. */
    @Override
    public Insight insight() {
      return hasEnded() ? new Insight(labels, List.of(), List.of(), paths) : Insight.NONE;
    }
  }
}
