package io.quern.cli;

import java.lang.reflect.Proxy;

/**
 * Ctrl-C as an event. The JDK's only way to it, {@code sun.misc.Signal} of the module jdk.unsupported, cannot be named
 * in source without a warning, so it is looked up; where it is missing, Ctrl-C ends the program as usual.
 */
final class Interrupts {
    private Interrupts() {}

    /** Calls an action, on another thread, whenever Ctrl-C is pressed from now on. */
    static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(Interrupts.class.getClassLoader(), new Class<?>[] {handler},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> "Interrupts";
                    });
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, proxy);
        } catch (ReflectiveOperationException _) {
            // Without the module, or where the JVM keeps the signal to itself (-Xrs).
        }
    }
}
