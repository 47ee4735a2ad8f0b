package io.sparktron.evaluate;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.data.TokenDataset;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.rank.RankLauncher;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/** Evaluation as the driver sees it. */
public final class Evaluate {
    private Evaluate() {}

    /** The mean loss of the checkpoint over every sample of the dataset, each read once. */
    public static Evaluation run(EvaluateRequest request, RankLauncher launcher, Configuration hadoop) {
        if (request.microBatch() < 1) {
            throw new InvalidInputException("train.micro-batch = " + request.microBatch() + ", must be at least 1");
        }
        Checkpoint checkpoint = Checkpoint.open(request.checkpoint(), hadoop);
        TokenDataset dataset = TokenDataset.open(request.data(), hadoop);
        Manifest data = dataset.manifest();
        dataset.requireFamily(
                "data.validation", checkpoint.metadata().model().family().toString());
        CheckpointMetadata.Tokenizer trained = checkpoint.metadata().tokenizer();
        CheckpointMetadata.Tokenizer given = CheckpointMetadata.Tokenizer.of(data.tokenizer());
        if (!trained.equals(given)) {
            throw new InvalidInputException("checkpoint " + checkpoint.folder() + " was trained with tokenizer "
                    + trained + ", but " + request.data() + " was made with " + given + "; both must be the same");
        }
        ModelConfig saved = checkpoint.metadata().model();
        if (data.sequence() > saved.positions()) {
            throw new InvalidInputException("the samples of " + request.data() + " have " + data.sequence()
                    + " tokens, but the model of " + checkpoint.folder() + " has " + saved.positions() + " positions");
        }
        ModelConfig model = saved.withSequence(data.sequence());
        model.requireDivisible(request.layout());
        MicroBatch.requireFits(request.microBatch(), model.sequence());
        EvaluateProgram program = new EvaluateProgram(
                checkpoint.folder(),
                dataset.folder(),
                model,
                request.layout(),
                request.microBatch(),
                request.device(),
                new HadoopSettings(hadoop));
        return launcher.run(request.layout().ranks(), program, (Serializable report) -> {})
                .get(0);
    }
}
