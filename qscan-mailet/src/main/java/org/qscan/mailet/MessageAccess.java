package org.qscan.mailet;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.mailet.Mail;
import org.jspecify.annotations.Nullable;

/**
 * The few things that we do with the message of a mail. Its class is {@code
 * javax.mail.internet.MimeMessage} or {@code jakarta.mail.internet.MimeMessage}, as the type of
 * {@link Mail#getMessage()} says. The method handles are made once. We do not build a jar for each
 * version of James, which is one more thing to get wrong.
 */
final class MessageAccess {

  private static final MethodHandle GET_MESSAGE;
  private static final MethodHandle WRITE_TO;
  private static final MethodHandle SET_HEADER;
  private static final MethodHandle REMOVE_HEADER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> type = Mail.class.getMethod("getMessage").getReturnType();
      GET_MESSAGE =
          lookup
              .findVirtual(Mail.class, "getMessage", MethodType.methodType(type))
              .asType(MethodType.methodType(Object.class, Mail.class));
      WRITE_TO = method(lookup, type, "writeTo", OutputStream.class);
      SET_HEADER = method(lookup, type, "setHeader", String.class, String.class);
      REMOVE_HEADER = method(lookup, type, "removeHeader", String.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this James' messages are of an unknown kind", e);
    }
  }

  private MessageAccess() {}

  private static MethodHandle method(
      MethodHandles.Lookup lookup, Class<?> type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    MethodType wanted = MethodType.methodType(void.class, parameters);
    return lookup
        .findVirtual(type, name, wanted)
        .asType(wanted.insertParameterTypes(0, Object.class));
  }

  /**
   * Writes the whole message as it is; James streams it from its store.
   *
   * @throws IOException if it cannot be read, is not there, or {@code out} cannot be written
   */
  static void writeTo(Mail mail, OutputStream out) throws IOException {
    Object message = message(mail);
    try {
      WRITE_TO.invokeExact(message, out);
    } catch (Throwable e) {
      throw asIoException(e);
    }
  }

  /** Replaces all headers of this name by one. */
  static void setHeader(Mail mail, String name, String value) throws IOException {
    Object message = message(mail);
    try {
      SET_HEADER.invokeExact(message, name, value);
    } catch (Throwable e) {
      throw asIoException(e);
    }
  }

  /** Removes all headers of this name. */
  static void removeHeader(Mail mail, String name) throws IOException {
    Object message = message(mail);
    try {
      REMOVE_HEADER.invokeExact(message, name);
    } catch (Throwable e) {
      throw asIoException(e);
    }
  }

  private static Object message(Mail mail) throws IOException {
    @Nullable Object message;
    try {
      message = (Object) GET_MESSAGE.invokeExact(mail);
    } catch (Throwable e) {
      throw asIoException(e);
    }
    if (message == null) {
      throw new IOException("the mail has no message");
    }
    return message;
  }

  /** Nearly always this is a MessagingException, which cannot be named here. */
  private static IOException asIoException(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof IOException io ? io : new IOException(e);
  }
}
