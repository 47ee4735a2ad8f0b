package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.gpucheck.Agreement;
import java.util.List;
import java.util.stream.IntStream;

/** The agreement of layouts with a run on one rank. */
final class Agreements {
    private Agreements() {}

    /**
     * With a run on one rank, of which it makes nine.
     *
     * @param oneRank the run
     */
    static Agreement with(TinyRun oneRank) {
        return Agreement.of(
                oneRank.model(),
                oneRank.precision(),
                oneRank.globalBatch(),
                oneRank.outcomes(),
                IntStream.rangeClosed(1, Agreement.DISTURBED_RUNS)
                        .mapToObj(run -> oneRank.disturbed(run).outcomes())
                        .toList());
    }

    /**
     * Fails unless another run agrees.
     *
     * @return the largest share of a bound that was used
     */
    static double check(Agreement agreement, List<TrainStep.Outcome> other) {
        Agreement.Share worst = agreement.worst(other);
        assertThat(worst.share()).as("share of the bound: " + worst).isLessThan(1);
        return worst.share();
    }
}
