package org.qscan.qmail.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.qscan.engine.Facts;

/** One JSON object a line, always with the same members. ASCII only: a terminal may show it. */
final class JsonResults implements Results {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @Override
  public String line(Judgement judgement) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
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
    write(json, "threats", judgement.threats());
    write(json, "reasons", judgement.reasons());
    json.writeStringField("failure", judgement.failure().isEmpty() ? null : judgement.failure());
    json.writeNumberField("size", facts.size());
    json.writeNumberField("parts", facts.parts());
    write(json, "names", facts.names());
    write(json, "notes", facts.notes());
    json.writeObjectFieldStart("ms");
    json.writeNumberField("receive", facts.receiveMillis());
    json.writeNumberField("extract", facts.extractMillis());
    json.writeNumberField("wait", facts.waitMillis());
    json.writeNumberField("scan", facts.scanMillis());
    json.writeNumberField("total", facts.totalMillis());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
