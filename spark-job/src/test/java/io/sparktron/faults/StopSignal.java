package io.sparktron.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.command.Launcher;
import java.util.random.RandomGenerator;

/**
 * The driver is asked to stop, and saves before it ends.
 *
 * @param signal TERM, as a cluster or an init system sends it, or INT, as Ctrl-C does
 */
public record StopSignal(String signal) implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        Signals.send(signal, run.driver());
        Launcher.Result result = run.finish();
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).containsPattern("stopped at step \\d+ of \\d+");
        return Ending.STARTED_AGAIN;
    }
}
