package io.sparktron.gpucheck;

import io.sparktron.kernels.check.Outcome;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.DType;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A tiny GPT trained on GPUs, twice, and on processors: loss and gradient norm of every step {@link Agreement agree} with the processors', and are the same bits on all ranks and in both runs. The
 * processors' own numbers are PyTorch's to within float32, as the tests of the host show.
 */
final class Traces {
    /** Head sizes of 10, and of 64, for which a blocked attention is made. */
    static final List<ModelConfig> MODELS =
            List.of(ModelConfig.gpt(2, 40, 4, 12, 15, 67), ModelConfig.gpt(1, 128, 2, 37, 37, 131));

    private static final DeviceConfig HOST = new DeviceConfig(DeviceConfig.Kind.HOST, 1);
    private static final Duration TIME_LIMIT = Duration.ofSeconds(120);

    private final DeviceConfig device;

    /**
     * @param device what is held against processors
     */
    Traces(DeviceConfig device) {
        this.device = device;
    }

    /** The layouts that so many devices allow. */
    static List<Layout> layouts(int devices) {
        return devices == 1
                ? List.of(new Layout(1, 1))
                : List.of(new Layout(1, 1), new Layout(2, 1, false, false), new Layout(1, 2, false, true));
    }

    List<Outcome> check(ModelConfig model, Precision precision, List<Layout> layouts) {
        Agreement agreement = agreement(model, precision);
        List<Outcome> outcomes = new ArrayList<>();
        for (Layout layout : layouts) {
            String operands =
                    model.layers() + " layers of " + model.hidden() + ", heads of " + model.headSize() + ", " + layout;
            outcomes.add(outcome(operands, agreement, new TraceProgram(model, precision, layout, device, 0)));
        }
        return outcomes;
    }

    private static Agreement agreement(ModelConfig model, Precision precision) {
        TraceProgram undisturbed = new TraceProgram(model, precision, new Layout(1, 1), HOST, 0);
        return Agreement.of(
                model,
                precision,
                TraceProgram.GLOBAL_BATCH,
                run(undisturbed).get(0),
                LongStream.rangeClosed(1, Agreement.DISTURBED_RUNS)
                        .mapToObj(choice -> run(new TraceProgram(model, precision, new Layout(1, 1), HOST, choice))
                                .get(0))
                        .toList());
    }

    private static Outcome outcome(String operands, Agreement agreement, TraceProgram program) {
        try {
            return judged(program.precision().type(), operands, agreement, run(program), run(program));
        } catch (RankFailedException e) {
            return new Outcome("training", program.precision().type(), operands, 0, "failed: " + e.getMessage());
        }
    }

    /**
     * The largest share of a bound that any rank uses, and the first rank's problem.
     *
     * @param first by rank
     * @param second the same of another run
     */
    static Outcome judged(
            DType type,
            String operands,
            Agreement agreement,
            List<? extends List<TrainStep.Outcome>> first,
            List<? extends List<TrainStep.Outcome>> second) {
        double share = 0;
        String problem = "";
        for (int rank = 0; rank < first.size(); rank++) {
            Agreement.Share worst = agreement.worst(first.get(rank));
            share = Math.max(share, worst.share());
            String words = "";
            if (!worst.agrees()) {
                words = worst.toString();
            } else if (!first.get(rank).equals(first.get(0))) {
                words = "not the bits of rank 0";
            } else if (!second.get(rank).equals(first.get(rank))) {
                words = "not the same bits in two runs";
            }
            if (problem.isEmpty() && !words.isEmpty()) {
                problem = "rank " + rank + ": " + words;
            }
        }
        return new Outcome("training", type, operands, share, problem);
    }

    /** Of all ranks. */
    private static List<ArrayList<TrainStep.Outcome>> run(TraceProgram program) {
        return new ThreadRanks(TIME_LIMIT).run(program.layout().ranks(), program, report -> {});
    }
}
