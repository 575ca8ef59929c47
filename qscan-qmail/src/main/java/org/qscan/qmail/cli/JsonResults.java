package org.qscan.qmail.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.qscan.engine.Facts;

/** One JSON object a line, always with the same members. ASCII only: a terminal may show it. */
final class JsonResults implements Results {

  @Override
  public String line(Judgement judgement) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(line)) {
      json.writeStartObject();
      write(json, judgement);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return line.toString();
  }

  private static void write(JsonGenerator json, Judgement judgement) throws IOException {
    Facts facts = judgement.facts();
    json.writeStringField("path", judgement.file().toString());
    json.writeStringField("verdict", judgement.exit().name().toLowerCase(Locale.ROOT));
    Json.write(json, "threats", judgement.threats());
    Json.write(json, "reasons", judgement.reasons());
    json.writeStringField("failure", judgement.failure().isEmpty() ? null : judgement.failure());
    json.writeNumberField("size", facts.size());
    json.writeNumberField("parts", facts.parts());
    Json.write(json, "names", facts.names());
    Json.write(json, "notes", facts.notes());
    Json.writeTimes(json, facts);
  }
}
