package io.sparktron.generate;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.CheckpointTokenizer;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.RankLauncher;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/** Generation as the driver sees it. */
public final class Generate {
    private Generate() {}

    /** The prompt and what the model adds to it, end-of-text left out. Copies of the model would have nothing to do: one tensor group runs. */
    public static String run(GenerateRequest request, RankLauncher launcher, Configuration hadoop) {
        if (request.maxTokens() < 1) {
            throw new InvalidInputException("generate.max-tokens = " + request.maxTokens() + ", must be at least 1");
        }
        Checkpoint checkpoint = Checkpoint.open(request.checkpoint(), hadoop);
        CheckpointMetadata metadata = checkpoint.metadata();
        if (metadata.model().family() != ModelConfig.Family.GPT) {
            throw new InvalidInputException("checkpoint = " + checkpoint.folder() + " is of family "
                    + metadata.model().family() + ", which fills masked tokens and continues no text; legal: gpt");
        }
        Layout layout = new Layout(request.layout().tensor(), 1);
        metadata.model().requireDivisible(layout);
        Tokenizer tokenizer = CheckpointTokenizer.open(checkpoint, hadoop);
        int[] prompt = tokenizer.encode(request.prompt());
        GenerateProgram program = new GenerateProgram(
                checkpoint.folder(),
                metadata.model(),
                prompt,
                metadata.tokenizer().endOfText(),
                request.maxTokens(),
                request.sampling(),
                layout,
                request.device(),
                new HadoopSettings(hadoop));
        int[] added = launcher.run(layout.ranks(), program, (Serializable report) -> {})
                .get(0);
        return tokenizer.decode(
                IntStream.concat(IntStream.of(prompt), IntStream.of(added)).toArray());
    }
}
