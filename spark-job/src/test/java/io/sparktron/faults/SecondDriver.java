package io.sparktron.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.command.Launcher;
import java.util.random.RandomGenerator;

/** Somebody calls the same command a second time: that call is refused, and the run does not notice. */
public record SecondDriver() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        Launcher.Result second = run.callAgain();
        assertThat(second.code()).as(second.err()).isEqualTo(2);
        assertThat(second.lastLine())
                .contains(run.path().getFileName().toString())
                .contains("process " + run.driver().pid());
        return Ending.UNDISTURBED;
    }
}
