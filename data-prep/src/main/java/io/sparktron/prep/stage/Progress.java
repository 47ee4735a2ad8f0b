package io.sparktron.prep.stage;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the stages are doing, for people: while one runs, a line that is written over each second on a terminal and a new one every ten seconds
 * elsewhere; when it is done, a last line with its rows and rate. All rates are in MB (10^6 bytes) of text, whatever is stored.
 */
public final class Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private static final int LINE_EVERY = 10;

    private final SparkContext context;
    private final PrintStream err;
    private final boolean terminal;
    private int shown;

    /**
     * @param err receives the lines
     * @param terminal whether a line can be written over
     */
    public Progress(SparkContext context, PrintStream err, boolean terminal) {
        this.context = context;
        this.err = err;
        this.terminal = terminal;
    }

    /** Says something in a line of its own. */
    public synchronized void say(String line) {
        clear();
        err.println(line);
    }

    synchronized void warn(String line) {
        LOG.warn(line);
        say("warning: " + line);
    }

    void skipped(String name, long rows, Path folder) {
        say(String.format(Locale.ROOT, "%-14s kept %,d rows of an earlier run: %s", name, rows, folder.getName()));
    }

    /**
     * A stage begins.
     *
     * @param textBytes that it works on
     */
    Stage begin(String name, long textBytes) {
        return new Stage(name, textBytes);
    }

    private synchronized void show(String line) {
        if (terminal) {
            err.print('\r' + line + " ".repeat(Math.max(0, shown - line.length())));
            err.flush();
            shown = line.length();
        } else {
            err.println(line);
        }
    }

    private void clear() {
        if (shown > 0) {
            err.print('\r' + " ".repeat(shown) + '\r');
            shown = 0;
        }
    }

    /** A stage under way. */
    final class Stage implements AutoCloseable {
        private final String name;
        private final long textBytes;
        private final long begin = System.nanoTime();
        private final TaskCounts counts = new TaskCounts();
        private final CountDownLatch closed = new CountDownLatch(1);
        private final Thread ticker;

        private Stage(String name, long textBytes) {
            this.name = name;
            this.textBytes = textBytes;
            context.addSparkListener(counts);
            ticker = new Thread(this::tick, "prep-progress");
            ticker.setDaemon(true);
            ticker.start();
        }

        private void tick() {
            try {
                for (int second = 1; !closed.await(1, TimeUnit.SECONDS); second++) {
                    if (terminal || second % LINE_EVERY == 0) {
                        show(line(name, counts.documents(), counts.done(), textBytes, seconds()));
                    }
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }

        void done(long rowsIn, long rowsOut) {
            end();
            String line = last(name, rowsIn, rowsOut, textBytes, seconds());
            LOG.info(line);
            say(line);
        }

        private double seconds() {
            return (System.nanoTime() - begin) / 1e9;
        }

        private void end() {
            closed.countDown();
            try {
                ticker.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            end();
            context.removeSparkListener(counts);
        }
    }

    /** @param done part of the work that is done, 0 to 1 */
    static String line(String name, long documents, double done, long textBytes, double seconds) {
        String left = done <= 0 ? "" : ", about " + duration(seconds * (1 - done) / done) + " left";
        return String.format(
                Locale.ROOT,
                "%-14s %,d documents, %.0f %%, %.1f MB/s%s",
                name,
                documents,
                100 * done,
                textBytes * done / 1e6 / seconds,
                left);
    }

    static String last(String name, long rowsIn, long rowsOut, long textBytes, double seconds) {
        String in = rowsIn > 0 ? String.format(Locale.ROOT, " of %,d", rowsIn) : "";
        return String.format(
                Locale.ROOT,
                "%-14s %,d rows%s, %.1f MB in %.1f s, %.1f MB/s",
                name,
                rowsOut,
                in,
                textBytes / 1e6,
                seconds,
                textBytes / 1e6 / seconds);
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 100 ? whole + " s" : whole < 6000 ? whole / 60 + " min" : whole / 3600 + " h";
    }
}
