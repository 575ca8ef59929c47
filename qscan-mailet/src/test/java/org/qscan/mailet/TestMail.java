package org.qscan.mailet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import org.apache.mailet.AttributeName;
import org.apache.mailet.Mail;
import org.apache.mailet.base.test.FakeMail;
import org.jspecify.annotations.Nullable;
import org.qscan.engine.testing.Mails;

/** Mails of the James whose jars are on the class path, whichever it is. */
final class TestMail {

  private TestMail() {}

  /** A mail from one host to two recipients, in processor "transport". */
  static Mail of(String message) throws Exception {
    return withMessage(Mails.octets(message));
  }

  static Mail withMessage(byte[] message) throws Exception {
    Mail mail = withoutMessage();
    setMessage(mail, message);
    return mail;
  }

  static Mail withoutMessage() throws Exception {
    FakeMail.Builder builder =
        FakeMail.builder().name("mail-1").remoteAddr("192.0.2.7").state("transport");
    // Their exceptions are of another package in each James; so are not named here.
    return builder.sender("a@example.org").recipients("b@example.org", "c@example.org").build();
  }

  /** Changes the message, as another mailet might. */
  static void setMessage(Mail mail, byte[] message) throws Exception {
    Class<?> type = Mail.class.getMethod("getMessage").getReturnType();
    for (Constructor<?> constructor : type.getConstructors()) {
      Class<?>[] parameters = constructor.getParameterTypes();
      if (parameters.length == 2 && parameters[1] == InputStream.class) {
        Object made = constructor.newInstance(null, new ByteArrayInputStream(message));
        Mail.class.getMethod("setMessage", type).invoke(mail, made);
        return;
      }
    }
    throw new AssertionError("no constructor of " + type);
  }

  /** The message as it is now. */
  static byte[] message(Mail mail) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MessageAccess.writeTo(mail, out);
    return out.toByteArray();
  }

  /** The value of an attribute, or null. */
  static @Nullable Object attribute(Mail mail, AttributeName name) {
    return mail.getAttribute(name).map(found -> found.getValue().value()).orElse(null);
  }
}
