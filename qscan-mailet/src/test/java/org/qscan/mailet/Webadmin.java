package org.qscan.mailet;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** James' administration over HTTP, as far as the tests need it. */
final class Webadmin {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern STRING = Pattern.compile("\"([^\"]*)\"");

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final int port;

  Webadmin(int port) {
    this.port = port;
  }

  void addUser(String user, String password) throws IOException {
    HttpResponse<byte[]> answer =
        send(
            request("/users/" + user)
                .PUT(BodyPublishers.ofString("{\"password\":\"" + password + "\"}")));
    if (answer.statusCode() != 204) {
      throw new IOException("user " + user + ": " + text(answer));
    }
  }

  /**
   * The keys of the mails in a repository.
   *
   * @param repository a path, like var/mail/virus
   */
  List<String> repository(String repository) throws IOException {
    HttpResponse<byte[]> answer = send(request(path(repository)));
    List<String> keys = new ArrayList<>();
    if (answer.statusCode() == 200) {
      Matcher matcher = STRING.matcher(text(answer));
      while (matcher.find()) {
        keys.add(matcher.group(1));
      }
    } else if (answer.statusCode() != 404) {
      throw new IOException(repository + ": " + text(answer));
    }
    return keys;
  }

  /** A mail in a repository, as octets. */
  byte[] mail(String repository, String key) throws IOException {
    return send(request(path(repository) + "/" + encode(key)).header("Accept", "message/rfc822"))
        .body();
  }

  /** What is known about a mail in a repository, its attributes too, in JSON. */
  String about(String repository, String key) throws IOException {
    return text(
        send(
            request(path(repository) + "/" + encode(key) + "?additionalFields=attributes")
                .header("Accept", "application/json")));
  }

  void empty(String repository) throws IOException {
    send(request(path(repository)).DELETE());
  }

  /** Mails in a queue, also those that wait for their time. */
  long queued(String queue) throws IOException {
    Matcher size =
        Pattern.compile("\"size\":(\\d+)").matcher(text(send(request("/mailQueues/" + queue))));
    return size.find() ? Long.parseLong(size.group(1)) : 0;
  }

  /** All health checks, in JSON. */
  String health() throws IOException {
    return text(send(request("/healthcheck")));
  }

  private static String path(String repository) {
    return "/mailRepositories/" + encode(repository) + "/mails";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
