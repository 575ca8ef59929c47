package org.qscan.qmail.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.Facts;

/** What all JSON output of the operator's command has in common. */
final class Json {

  /** It writes printable ASCII only, because a terminal may show it and names come from outside. */
  static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .characterEscapes(new Escapes())
          .build();

  private Json() {}

  /** Escapes DEL as well, which is ASCII and which the library does not escape. */
  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int DEL = 127;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[DEL] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }

  /** An array of texts. */
  static void write(JsonGenerator json, String name, Collection<String> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  /** A text; null if it is empty or there is none. */
  static void writeOrNull(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    json.writeStringField(name, value == null || value.isEmpty() ? null : value);
  }

  /** The milliseconds of each step. */
  static void writeTimes(JsonGenerator json, Facts facts) throws IOException {
    json.writeObjectFieldStart("ms");
    json.writeNumberField("receive", facts.timings().receive().toMillis());
    json.writeNumberField("extract", facts.timings().extract().toMillis());
    json.writeNumberField("wait", facts.timings().waiting().toMillis());
    json.writeNumberField("scan", facts.timings().scan().toMillis());
    json.writeNumberField("total", facts.timings().total().toMillis());
    json.writeEndObject();
  }
}
