package io.sparktron.pretrain;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Stops a run at the first SIGTERM or SIGINT (Ctrl-C) that comes before this is closed. From then on signals do again what they did before, so a second one ends the
 * process at once. Without this, already the first would run the shutdown hooks, one of which stops Spark.
 *
 * <p>{@code sun.misc.Signal} is called by reflection: it is the only way to a signal, and javac's warning of it cannot be switched off.
 */
public final class StopSignals implements StopRule, AutoCloseable {
    /** Some senders, such as {@code timeout}, send one wish twice: to the process and to its group. */
    private static final Duration SAME_WISH = Duration.ofMillis(500);

    private final Consumer<String> progress;
    private final Map<String, Object> before = new LinkedHashMap<>(); // handlers by name of signal
    private volatile String received;
    private long receivedAt;

    private StopSignals(Consumer<String> progress) {
        this.progress = progress;
    }

    /**
     * Begins to listen.
     *
     * @param progress a line when a signal has come
     */
    public static StopSignals listen(Consumer<String> progress) {
        StopSignals signals = new StopSignals(progress);
        for (String name : new String[] {"TERM", "INT"}) {
            try {
                signals.before.put(name, handle(name, signals.handler()));
            } catch (IllegalArgumentException taken) { // -Xrs, say
                progress.accept("warning: SIG" + name + " will end the run without a save: " + taken.getMessage());
            }
        }
        return signals;
    }

    @Override
    public Optional<String> reason() {
        return Optional.ofNullable(received);
    }

    @Override
    public synchronized void close() {
        before.forEach(StopSignals::handle);
        before.clear();
    }

    private Object handler() {
        Class<?> type = type("sun.misc.SignalHandler");
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            if (method.getDeclaringClass() == type) {
                receive(arguments[0]);
                return null;
            }
            return method.invoke(this, arguments); // equals, hashCode, toString
        });
    }

    /** Called on a thread of its own for each signal. */
    private synchronized void receive(Object signal) throws ReflectiveOperationException {
        String name = (String) signal.getClass().getMethod("getName").invoke(signal);
        if (received == null) {
            received = "SIG" + name;
            receivedAt = System.nanoTime();
            progress.accept(received + ": the run saves after this step and ends; a second signal ends it at once");
        } else if (System.nanoTime() - receivedAt > SAME_WISH.toNanos()) {
            close();
            raise(signal);
        }
    }

    /** The handler that was there before. */
    private static Object handle(String name, Object handler) {
        Class<?> signal = type("sun.misc.Signal");
        try {
            Method handle = signal.getMethod("handle", signal, type("sun.misc.SignalHandler"));
            return handle.invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof IllegalArgumentException taken ? taken : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Signal.handle", e);
        }
    }

    private static void raise(Object signal) throws ReflectiveOperationException {
        signal.getClass().getMethod("raise", signal.getClass()).invoke(null, signal);
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this Java has no module jdk.unsupported", e);
        }
    }
}
