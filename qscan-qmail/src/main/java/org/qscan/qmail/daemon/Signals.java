package org.qscan.qmail.daemon;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * What to do on a signal. The JDK's class for this, sun.misc.Signal, is in every JDK but in no API
 * (JEP 260 keeps it until there is one), so it is looked up by name. If it is not found, signals do
 * what they do by default: HUP, INT and TERM end the virtual machine.
 */
final class Signals {

  private Signals() {}

  /**
   * Runs an action on each such signal, on a thread of its own.
   *
   * @param name the signal, without SIG
   * @return false if the signal cannot be handled
   */
  static boolean on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler run =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              action.run();
              return null;
            }
            return method.getName().equals("hashCode")
                ? (Object) name.hashCode()
                : proxy.getClass();
          };
      Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, run);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
