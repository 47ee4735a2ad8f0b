package io.sparktron.job;

import io.sparktron.collective.Communicator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.BarrierTaskContext;

/** Aborts a rank's collectives once Spark has cancelled its task or its job is over, so that it does not wait for peers that will not come. */
final class CancelWatch implements AutoCloseable {
    private final BarrierTaskContext task;
    private final DriverWatch driver;
    private final CountDownLatch closed = new CountDownLatch(1);

    CancelWatch(BarrierTaskContext task, DriverWatch driver, Communicator world) {
        this.task = task;
        this.driver = driver;
        Thread thread = new Thread(() -> watch(world), "sparktron-cancel-watch-" + task.partitionId());
        thread.setDaemon(true);
        thread.start();
    }

    boolean cancelled() {
        return task.isInterrupted() || driver.over();
    }

    private void watch(Communicator world) {
        try {
            while (!closed.await(200, TimeUnit.MILLISECONDS)) {
                if (cancelled()) {
                    world.abort("the job was cancelled");
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
