package io.nocturne.config.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hears Ctrl-C, a request to terminate and a closed terminal, instead of letting them shut the JVM down: a JVM that shuts
 * down closes ONNX Runtime at once, under models that still run. Until closed; then signals do what they did before.
 *
 * <p>{@code sun.misc.Signal} has no supported twin; it is reached by reflection, so that a JVM without it still runs, with
 * signals that end it at once.
 */
final class Signals implements AutoCloseable {
    private final Map<Object, Object> previous = new LinkedHashMap<>();

    /**
     * Starts to listen.
     *
     * @param heard called on a thread of the JVM's, each time
     */
    Signals(Runnable heard) {
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> heard.run();
                            case "equals" -> {
                                return proxy == arguments[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            default -> {
                                return "Signals";
                            }
                        }
                        return null;
                    });
            for (Object signal : signals()) {
                previous.put(signal, handle(signal, handler));
            }
        } catch (ReflectiveOperationException e) {
            previous.clear(); // this JVM has no way to hear signals
        }
    }

    private static List<Object> signals() throws ReflectiveOperationException {
        List<Object> known = new ArrayList<>();
        Constructor<?> byName = Class.forName("sun.misc.Signal").getConstructor(String.class);
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            try {
                known.add(byName.newInstance(name));
            } catch (InvocationTargetException e) {
                // Windows has no HUP.
            }
        }
        return known;
    }

    private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
        Method handle =
                signal.getClass().getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"));
        try {
            return handle.invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            return null; // taken by the JVM itself
        }
    }

    @Override
    public void close() {
        previous.forEach((signal, handler) -> {
            try {
                if (handler != null) {
                    handle(signal, handler);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("A signal that could be handled no longer can", e);
            }
        });
    }
}
