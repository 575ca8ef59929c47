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
  public String line(FileOutcome judged) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = Json.FACTORY.createGenerator(line)) {
      json.writeStartObject();
      write(json, judged);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return line.toString();
  }

  private static void write(JsonGenerator json, FileOutcome judged) throws IOException {
    Facts facts = judged.facts();
    json.writeStringField("path", judged.file().toString());
    json.writeStringField("verdict", judged.exit().name().toLowerCase(Locale.ROOT));
    Json.write(json, "threats", judged.outcome().threats());
    Json.write(json, "reasons", judged.outcome().reasons());
    json.writeStringField(
        "failure", judged.outcome().failure().isEmpty() ? null : judged.outcome().failure());
    json.writeNumberField("size", facts.size());
    json.writeNumberField("parts", facts.parts());
    json.writeNumberField("guessed", facts.guessed());
    Json.write(json, "names", facts.names());
    Json.write(json, "notes", facts.notes());
    Json.writeTimes(json, facts);
  }
}
