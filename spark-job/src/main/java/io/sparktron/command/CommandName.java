package io.sparktron.command;

import io.sparktron.tokens.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;

/** The commands, in the order in which a newcomer meets them. */
enum CommandName {
    QUICKSTART(
            "sample corpus to generated text in one go: prep, pretrain at tensor 2 x data 2 on four executors, evaluate, generate"),
    PREP("corpus to token dataset and report"),
    PRETRAIN("token dataset to checkpoints and metrics; goes on by itself if the run folder holds a checkpoint"),
    PREFLIGHT(
            "looks at configuration, cluster and every executor for all that would make pretrain fail, with the line that fixes it"),
    EVALUATE("checkpoint and dataset to loss and perplexity, as JSON"),
    GENERATE("checkpoint and prompt to text"),
    CONVERT("Hugging Face folder of GPT-2 or MegatronBert to checkpoint, or a GPT checkpoint to such a folder"),
    GPU_CHECK(
            "every kernel, matrix product and collective of this machine's GPUs against the oracle, then how fast they are; no Spark, no data"),
    INSPECT("dataset, checkpoint, run or Hugging Face folder to a description of it"),
    PLAN(
            "settings to parameters, memory, operations, communication and legal layouts; needs no cluster and no dataset");

    private final String does;

    CommandName(String does) {
        this.does = does;
    }

    String does() {
        return does;
    }

    static CommandName named(String name) {
        return Arrays.stream(values())
                .filter(command -> command.toString().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidInputException("no command " + name + "; there are " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
