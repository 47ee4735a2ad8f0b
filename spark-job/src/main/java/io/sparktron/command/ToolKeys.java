package io.sparktron.command;

import static io.sparktron.command.CommandName.EVALUATE;
import static io.sparktron.command.CommandName.GENERATE;
import static io.sparktron.command.CommandName.GPU_CHECK;
import static io.sparktron.command.CommandName.PREFLIGHT;
import static io.sparktron.command.Readers.CONVERTING;
import static io.sparktron.command.Readers.GENERATING;
import static io.sparktron.command.Readers.INSPECTING;

import io.sparktron.convert.Format;
import java.util.EnumSet;
import java.util.List;

/** What the commands around a training read. */
final class ToolKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<String> CHECKPOINT = TABLE.needed(
            "checkpoint",
            ValueType.PATH,
            "a run folder, meaning its newest checkpoint, or a checkpoint",
            EnumSet.of(EVALUATE, GENERATE));
    static final Key<String> PROMPT = TABLE.with(
            "generate.prompt", ValueType.TEXT, "", "", "text to continue; empty starts a new document", GENERATING);
    static final Key<Integer> MAX_TOKENS =
            TABLE.with("generate.max-tokens", ValueType.integer(1), "tokens", "64", "most tokens to add", GENERATING);
    static final Key<Double> TEMPERATURE = TABLE.with(
            "generate.temperature", ValueType.NUMBER, "", "1.0", "logits are divided by it; above 0", GENERATING);
    static final Key<Integer> TOP_K = TABLE.with(
            "generate.top-k", ValueType.integer(0), "tokens", "0", "only so many of the likeliest; 0: all", GENERATING);
    static final Key<Double> TOP_P = TABLE.with(
            "generate.top-p",
            ValueType.NUMBER,
            "",
            "1.0",
            "only the likeliest that together reach this probability",
            GENERATING);
    static final Key<Boolean> GREEDY =
            TABLE.with("generate.greedy", ValueType.FLAG, "", "false", "always the likeliest token", GENERATING);
    static final Key<Long> GENERATE_SEED =
            TABLE.with("generate.seed", KeyTable.anyLong(), "", "1234", "of the draws", GENERATING);
    static final Key<String> CONVERT_INPUT = TABLE.needed(
            "convert.input",
            ValueType.PATH,
            "Hugging Face folder of GPT-2 or MegatronBert, checkpoint, or run folder, meaning its newest checkpoint",
            CONVERTING);
    static final Key<String> CONVERT_OUTPUT = TABLE.needed(
            "convert.output", ValueType.PATH, "folder that is made; must not exist, or be empty", CONVERTING);
    static final Key<Format> CONVERT_FORMAT = TABLE.unset(
            "convert.format",
            ValueType.choice(List.of(Format.values())),
            "",
            "what convert.input is not",
            "what the output shall be",
            CONVERTING);
    static final Key<String> CONVERT_TOKENIZER = TABLE.unset(
            "convert.tokenizer",
            ValueType.NAME,
            "",
            "gpt2 if the input's tokens are GPT-2's; wordpiece with the digest of vocab.txt",
            "name of the imported model's tokenizer, as the manifests of its datasets have it",
            CONVERTING);
    static final Key<Integer> CONVERT_END_OF_TEXT = TABLE.unset(
            "convert.end-of-text",
            ValueType.integer(0),
            "",
            "eos_token_id of config.json; [SEP] of vocab.txt",
            "id that closes a document for the imported model",
            CONVERTING);
    static final Key<String> INSPECT_PATH = TABLE.needed(
            "inspect.path", ValueType.PATH, "a dataset, checkpoint, run or Hugging Face folder", INSPECTING);
    static final Key<Long> INSPECT_SAMPLE = TABLE.unset(
            "inspect.sample",
            ValueType.longInteger(0),
            "",
            "0 of a dataset",
            "number of the sample of a dataset to show, from 0",
            INSPECTING);
    static final Key<Boolean> INSPECT_STATISTICS = TABLE.with(
            "inspect.statistics",
            ValueType.FLAG,
            "",
            "false",
            "reads a checkpoint's tensors and shows least, largest and root mean square of each",
            INSPECTING);
    static final Key<Boolean> INSPECT_JSON =
            TABLE.with("inspect.json", ValueType.FLAG, "", "false", "one line of JSON instead of text", INSPECTING);
    static final Key<Boolean> PREFLIGHT_JSON = TABLE.with(
            "preflight.json", ValueType.FLAG, "", "false", "report as JSON instead of lines", EnumSet.of(PREFLIGHT));
    static final Key<Boolean> PREFLIGHT_DEEP = TABLE.with(
            "preflight.deep",
            ValueType.FLAG,
            "",
            "false",
            "read every byte of the newest checkpoint against its checksums",
            EnumSet.of(PREFLIGHT));
    static final Key<Integer> GPU_CHECK_DEVICES = TABLE.unset(
            "gpu-check.devices",
            ValueType.integer(1),
            "",
            "all that CUDA shows",
            "how many GPUs, the first ones",
            EnumSet.of(GPU_CHECK));
    static final Key<List<String>> GPU_CHECK_ONLY = TABLE.unset(
            "gpu-check.only",
            ValueType.NAMES,
            "",
            "everything",
            "beginnings of what is checked, such as attention, matrix, collective, training; without timing",
            EnumSet.of(GPU_CHECK));
    static final Key<Boolean> GPU_CHECK_TIMING = TABLE.with(
            "gpu-check.timing",
            ValueType.FLAG,
            "",
            "true",
            "also check matrix products of real models at full size, and measure speed; needs some gigabytes of each GPU",
            EnumSet.of(GPU_CHECK));
    static final Key<Boolean> GPU_CHECK_JSON = TABLE.with(
            "gpu-check.json", ValueType.FLAG, "", "false", "report as JSON instead of tables", EnumSet.of(GPU_CHECK));

    private ToolKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }
}
