package io.sparktron.command;

import static io.sparktron.command.CommandName.CONVERT;
import static io.sparktron.command.CommandName.EVALUATE;
import static io.sparktron.command.CommandName.GENERATE;
import static io.sparktron.command.CommandName.INSPECT;
import static io.sparktron.command.CommandName.PLAN;
import static io.sparktron.command.CommandName.PREFLIGHT;
import static io.sparktron.command.CommandName.PREP;
import static io.sparktron.command.CommandName.PRETRAIN;
import static io.sparktron.command.CommandName.QUICKSTART;

import io.sparktron.convert.Format;
import io.sparktron.job.AddressChoice;
import io.sparktron.job.HostsBy;
import io.sparktron.job.PortRange;
import io.sparktron.optimizer.Schedule;
import io.sparktron.prep.InputFormat;
import io.sparktron.pretrain.SaveInBackground;
import io.sparktron.train.DeviceConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every key there is. Help, the README's table and the errors of unknown keys come from here. */
final class Keys {
    private static final List<Key<?>> TABLE = new ArrayList<>();

    private static final Set<CommandName> PREPARING = EnumSet.of(QUICKSTART, PREP);
    private static final Set<CommandName> PRETRAINING = EnumSet.of(PRETRAIN, PREFLIGHT);
    private static final Set<CommandName> TRAINING = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT);
    private static final Set<CommandName> MODELS = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, PLAN);
    private static final Set<CommandName> GENERATING = EnumSet.of(QUICKSTART, GENERATE);
    private static final Set<CommandName> RANKS = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, EVALUATE, GENERATE);

    private static final Set<CommandName> LAYOUTS =
            EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, EVALUATE, GENERATE, PLAN);
    private static final Set<CommandName> INSPECTING = EnumSet.of(INSPECT);
    private static final Set<CommandName> CONVERTING = EnumSet.of(CONVERT);

    static final Key<String> RUN_DIR = needed(
            "run.dir",
            ValueType.PATH,
            "run folder: run.json, metrics.jsonl, checkpoints; quickstart: the folder of everything, else ./quickstart",
            TRAINING);

    static final Key<List<String>> PREP_INPUT = needed(
            "prep.input",
            ValueType.PATHS,
            "the corpus: files, folders or globs; quickstart: the sample corpus",
            PREPARING);
    static final Key<String> PREP_OUTPUT = needed(
            "prep.output", ValueType.PATH, "folder that receives train, validation and report.json", EnumSet.of(PREP));
    static final Key<InputFormat> PREP_FORMAT = with(
            "prep.format",
            ValueType.choice(List.of(InputFormat.values())),
            "",
            "auto",
            "format of the corpus files; auto goes by their names",
            PREPARING);
    static final Key<String> PREP_TEXT_FIELD = with(
            "prep.text-field",
            ValueType.TEXT,
            "",
            "text",
            "JSON field or Parquet column that holds a document",
            PREPARING);
    static final Key<Integer> PREP_SEQUENCE =
            with("prep.sequence", ValueType.integer(1), "tokens", "1024", "length of a sample", PREPARING);
    static final Key<Long> PREP_SEED = with(
            "prep.seed", anyLong(), "", "1234", "shuffles the documents and draws the validation split", PREPARING);
    static final Key<Integer> PREP_MINIMUM_CHARACTERS = with(
            "prep.minimum-characters",
            ValueType.integer(1),
            "characters",
            "100",
            "shorter documents are dropped",
            PREPARING);
    static final Key<Double> PREP_VALIDATION_FRACTION = with(
            "prep.validation-fraction",
            ValueType.NUMBER,
            "",
            "0.01",
            "expected share of the documents that go to validation, below 1",
            PREPARING);
    static final Key<String> PREP_TOKENIZER =
            with("prep.tokenizer", ValueType.TEXT, "", "gpt2", "name of the tokenizer", PREPARING);
    static final Key<Integer> PREP_SAMPLES_PER_FILE = with(
            "prep.samples-per-file",
            ValueType.integer(0),
            "samples",
            "0",
            "rows of a Parquet file, a multiple of 256; 0 makes files of about 100 MB",
            PREPARING);

    static final Key<String> DATA_TRAIN =
            needed("data.train", ValueType.PATH, "token dataset to train on", PRETRAINING);
    static final Key<String> DATA_VALIDATION = unset(
            "data.validation",
            ValueType.PATH,
            "",
            "none; evaluate needs it",
            "token dataset to validate on",
            EnumSet.of(PRETRAIN, PREFLIGHT, EVALUATE));

    static final Key<Integer> LAYERS = model("layers", "", "train.init-from's", "transformer layers");
    static final Key<Integer> HIDDEN = model("hidden", "", "train.init-from's", "width of a token's representation");
    static final Key<Integer> HEADS =
            model("heads", "", "train.init-from's", "attention heads of a layer; divides model.hidden");
    static final Key<Integer> SEQUENCE = model(
            "sequence",
            "tokens",
            "the dataset's; plan: model.positions, else 1024",
            "length of a sample; must be the dataset's");
    static final Key<Integer> POSITIONS =
            model("positions", "tokens", "model.sequence", "learned positions, at least model.sequence");
    static final Key<Integer> VOCABULARY =
            model("vocabulary", "tokens", "the dataset's; plan: 50257", "token ids; must be the dataset's");

    static final Key<Integer> TENSOR =
            with("parallel.tensor", ValueType.integer(1), "ranks", "1", "ranks that each layer is split over", LAYOUTS);
    static final Key<Integer> DATA = unset(
            "parallel.data",
            ValueType.integer(1),
            "copies",
            "slots / parallel.tensor of a given master, else 1",
            "copies of the model that share a global batch",
            LAYOUTS);

    static final Key<Boolean> ACROSS_HOSTS = unset(
            "parallel.across-hosts",
            ValueType.FLAG,
            "",
            "a warning on CPUs, refused on GPUs",
            "whether the ranks that share every layer may be on several hosts",
            RANKS);

    static final Key<Long> STEPS =
            unsetNeeded("train.steps", ValueType.longInteger(1), "steps", "updates of the whole run");
    static final Key<Integer> MICRO_BATCH = with(
            "train.micro-batch",
            ValueType.integer(1),
            "samples",
            "4",
            "samples that one rank takes through the model at once",
            EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, EVALUATE, PLAN));
    static final Key<Integer> GLOBAL_BATCH = unset(
            "train.global-batch",
            ValueType.integer(1),
            "samples",
            "parallel.data x train.micro-batch",
            "samples of one update, a multiple of parallel.data x train.micro-batch",
            MODELS);
    static final Key<Long> SEED =
            with("train.seed", anyLong(), "", "1234", "of initial weights and sample order", TRAINING);
    static final Key<Double> CLIP = number("train.clip", "1.0", "largest global gradient norm; 0 clips nothing");
    static final Key<Double> WEIGHT_DECAY =
            number("train.weight-decay", "0.01", "decoupled decay of matrices and embeddings");
    static final Key<Double> BETA1 = number("train.beta1", "0.9", "Adam's decay of the first moment");
    static final Key<Double> BETA2 = number("train.beta2", "0.999", "Adam's decay of the second moment");
    static final Key<Double> EPSILON = number("train.epsilon", "1e-8", "Adam's epsilon");
    static final Key<Double> PEAK = number("train.lr.peak", "1.5e-4", "learning rate after the warm-up");
    static final Key<Double> FLOOR = unset(
            "train.lr.min",
            ValueType.NUMBER,
            "",
            "train.lr.peak / 10",
            "least learning rate after the warm-up, and the one at the end of the decay",
            TRAINING);
    static final Key<Long> WARMUP_STEPS = unset(
            "train.lr.warmup-steps",
            ValueType.longInteger(0),
            "steps",
            "train.steps / 100",
            "steps in which the learning rate rises",
            TRAINING);
    static final Key<Schedule.Decay> DECAY = with(
            "train.lr.decay",
            ValueType.choice(List.of(Schedule.Decay.values())),
            "",
            "cosine",
            "how the learning rate falls; constant and inverse-square-root have no end, wsd stays and then falls linearly",
            TRAINING);
    static final Key<Long> DECAY_STEPS = unset(
            "train.lr.decay-steps",
            ValueType.longInteger(1),
            "steps",
            "train.steps",
            "step at which train.lr.min is reached, warm-up included",
            TRAINING);
    static final Key<Long> COOLDOWN_STEPS = unset(
            "train.lr.cooldown-steps",
            ValueType.longInteger(0),
            "steps",
            "a tenth of train.lr.decay-steps",
            "last steps of the decay, in which wsd falls; other decays do not read it",
            TRAINING);
    static final Key<String> INIT_FROM = unset(
            "train.init-from",
            ValueType.PATH,
            "",
            "random weights",
            "run folder or checkpoint whose weights a new run starts from, at step 0",
            PRETRAINING);
    static final Key<Integer> CHECKPOINT_EVERY = with(
            "train.checkpoint-every",
            ValueType.integer(0),
            "steps",
            "500",
            "steps between checkpoints; the last step always saves; 0: only that",
            TRAINING);
    static final Key<Integer> CHECKPOINT_KEEP = with(
            "train.checkpoint-keep",
            ValueType.integer(0),
            "checkpoints",
            "3",
            "newest checkpoints to keep; 0 keeps all",
            TRAINING);
    static final Key<SaveInBackground> SAVE_IN_BACKGROUND = with(
            "train.save-in-background",
            ValueType.choice(List.of(SaveInBackground.values())),
            "",
            "false",
            "whether training goes on while a checkpoint is written, from a copy in memory; auto: where there is room for it",
            TRAINING);
    static final Key<Integer> CHECK_REPLICAS_EVERY = unset(
            "train.check-replicas-every",
            ValueType.integer(0),
            "steps",
            "train.checkpoint-every, or 500",
            "steps between comparisons of the copies of weights and moments, beside the one before each checkpoint; 0: none at all",
            TRAINING);
    static final Key<Double> MAX_MINUTES = unset(
            "train.max-minutes",
            ValueType.ABOVE_ZERO,
            "minutes",
            "none",
            "time after which the run saves, ends with exit code 0, and can be called again",
            TRAINING);
    static final Key<Integer> VALIDATE_EVERY = unset(
            "train.validate-every",
            ValueType.integer(0),
            "steps",
            "100 with data.validation, else 0",
            "steps between validations; 0: none",
            TRAINING);
    static final Key<Integer> VALIDATE_BATCHES = with(
            "train.validate-batches",
            ValueType.integer(1),
            "global batches",
            "10",
            "length of one validation",
            TRAINING);

    static final Key<DeviceConfig.Kind> DEVICE_KIND = with(
            "device.kind",
            ValueType.choice(List.of(DeviceConfig.Kind.AUTO, DeviceConfig.Kind.HOST)),
            "",
            "auto",
            "where the model runs",
            RANKS);
    static final Key<Integer> DEVICE_THREADS = unset(
            "device.threads",
            ValueType.integer(1),
            "threads",
            "cores / ranks on the host",
            "host threads of a rank; part of the layout, since it decides the order of sums",
            LAYOUTS);

    static final Key<String> CHECKPOINT = needed(
            "checkpoint",
            ValueType.PATH,
            "a run folder, meaning its newest checkpoint, or a checkpoint",
            EnumSet.of(EVALUATE, GENERATE));
    static final Key<String> PROMPT = with(
            "generate.prompt", ValueType.TEXT, "", "", "text to continue; empty starts a new document", GENERATING);
    static final Key<Integer> MAX_TOKENS =
            with("generate.max-tokens", ValueType.integer(1), "tokens", "64", "most tokens to add", GENERATING);
    static final Key<Double> TEMPERATURE =
            with("generate.temperature", ValueType.NUMBER, "", "1.0", "logits are divided by it; above 0", GENERATING);
    static final Key<Integer> TOP_K = with(
            "generate.top-k", ValueType.integer(0), "tokens", "0", "only so many of the likeliest; 0: all", GENERATING);
    static final Key<Double> TOP_P = with(
            "generate.top-p",
            ValueType.NUMBER,
            "",
            "1.0",
            "only the likeliest that together reach this probability",
            GENERATING);
    static final Key<Boolean> GREEDY =
            with("generate.greedy", ValueType.FLAG, "", "false", "always the likeliest token", GENERATING);
    static final Key<Long> GENERATE_SEED = with("generate.seed", anyLong(), "", "1234", "of the draws", GENERATING);

    static final Key<String> CONVERT_INPUT = needed(
            "convert.input",
            ValueType.PATH,
            "Hugging Face folder of GPT-2, checkpoint, or run folder, meaning its newest checkpoint",
            CONVERTING);
    static final Key<String> CONVERT_OUTPUT =
            needed("convert.output", ValueType.PATH, "folder that is made; must not exist, or be empty", CONVERTING);
    static final Key<Format> CONVERT_FORMAT = unset(
            "convert.format",
            ValueType.choice(List.of(Format.values())),
            "",
            "what convert.input is not",
            "what the output shall be",
            CONVERTING);
    static final Key<String> CONVERT_TOKENIZER = unset(
            "convert.tokenizer",
            ValueType.NAME,
            "",
            "gpt2 if the input's tokens are GPT-2's",
            "name of the imported model's tokenizer, as the manifests of its datasets have it",
            CONVERTING);
    static final Key<Integer> CONVERT_END_OF_TEXT = unset(
            "convert.end-of-text",
            ValueType.integer(0),
            "",
            "eos_token_id of config.json",
            "id that closes a document for the imported model",
            CONVERTING);

    static final Key<String> INSPECT_PATH =
            needed("inspect.path", ValueType.PATH, "a dataset, checkpoint, run or Hugging Face folder", INSPECTING);
    static final Key<Long> INSPECT_SAMPLE = unset(
            "inspect.sample",
            ValueType.longInteger(0),
            "",
            "0 of a dataset",
            "number of the sample of a dataset to show, from 0",
            INSPECTING);
    static final Key<Boolean> INSPECT_STATISTICS = with(
            "inspect.statistics",
            ValueType.FLAG,
            "",
            "false",
            "reads a checkpoint's tensors and shows least, largest and root mean square of each",
            INSPECTING);
    static final Key<Boolean> INSPECT_JSON =
            with("inspect.json", ValueType.FLAG, "", "false", "one line of JSON instead of text", INSPECTING);

    static final Key<Integer> SLOT_TIMEOUT = with(
            "job.slot-timeout",
            ValueType.integer(1),
            "seconds",
            "300",
            "how long to wait for the executors of all ranks; preflight waits 120 unless told",
            RANKS);
    static final Key<Integer> PEER_TIMEOUT = with(
            "job.peer-timeout",
            ValueType.integer(1),
            "seconds",
            "60",
            "how long a rank waits for a peer that makes no step at all",
            RANKS);
    static final Key<Integer> RETRIES = with(
            "job.retries",
            ValueType.integer(0),
            "retries",
            "3",
            "how often a run goes on by itself after ranks were lost, without a new checkpoint in between",
            TRAINING);
    static final Key<Integer> RETRY_WAIT = with(
            "job.retry-wait",
            ValueType.integer(0),
            "seconds",
            "2",
            "wait before the first retry; doubled for each further one, up to 60",
            TRAINING);
    static final Key<HostsBy> HOST_IDENTITY = with(
            "job.host-identity",
            ValueType.choice(List.of(HostsBy.values())),
            "",
            "kernel",
            "what counts as a host: a running kernel, or each address of a Worker (to try what crosses hosts)",
            RANKS);
    static final Key<AddressChoice> ADDRESS = unset(
            "job.address",
            ValueType.ADDRESS,
            "",
            "where Spark reaches the executor",
            "which address of its host a rank listens on for ranks of other hosts",
            RANKS);
    static final Key<PortRange> PORTS = unset(
            "job.ports",
            ValueType.PORTS,
            "",
            "any free port",
            "ports that ranks listen on for ranks of other hosts; at least as many as a host has ranks",
            RANKS);
    static final Key<Integer> CONNECT_TIMEOUT = with(
            "job.connect-timeout",
            ValueType.integer(1),
            "seconds",
            "30",
            "how long a connection between two ranks may take to be made and let in",
            RANKS);

    static final Key<Boolean> PREFLIGHT_JSON = with(
            "preflight.json", ValueType.FLAG, "", "false", "report as JSON instead of lines", EnumSet.of(PREFLIGHT));
    static final Key<Boolean> PREFLIGHT_DEEP = with(
            "preflight.deep",
            ValueType.FLAG,
            "",
            "false",
            "read every byte of the newest checkpoint against its checksums",
            EnumSet.of(PREFLIGHT));

    private Keys() {}

    static List<Key<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    static Optional<Key<?>> named(String name) {
        return TABLE.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    /**
     * The known key that {@code name} was probably meant to be: one that it begins, else the one with the fewest edits; a name without a dot is compared with
     * the last part of a key.
     */
    static Key<?> nearest(String name) {
        Comparator<Key<?>> begun = Comparator.comparing(key -> !key.name().startsWith(name));
        return TABLE.stream()
                .min(begun.thenComparingInt(key -> distance(name, part(name, key))))
                .orElseThrow();
    }

    private static String part(String name, Key<?> key) {
        return name.contains(".") ? key.name() : key.name().substring(key.name().lastIndexOf('.') + 1);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static ValueType<Long> anyLong() {
        return ValueType.longInteger(Long.MIN_VALUE);
    }

    private static Key<Integer> model(String name, String unit, String unset, String description) {
        return unset("model." + name, ValueType.integer(1), unit, unset, description, MODELS);
    }

    private static Key<Double> number(String name, String fallback, String description) {
        return with(name, ValueType.NUMBER, "", fallback, description, TRAINING);
    }

    private static <T> Key<T> needed(String name, ValueType<T> type, String description, Set<CommandName> commands) {
        return unset(name, type, "", "", description, commands);
    }

    private static <T> Key<T> unsetNeeded(String name, ValueType<T> type, String unit, String description) {
        return unset(name, type, unit, "", description, TRAINING);
    }

    private static <T> Key<T> with(
            String name,
            ValueType<T> type,
            String unit,
            String fallback,
            String description,
            Set<CommandName> commands) {
        return add(new Key<>(name, type, unit, Optional.of(fallback), "", description, commands));
    }

    private static <T> Key<T> unset(
            String name, ValueType<T> type, String unit, String unset, String description, Set<CommandName> commands) {
        return add(new Key<>(name, type, unit, Optional.empty(), unset, description, commands));
    }

    private static <T> Key<T> add(Key<T> key) {
        TABLE.add(key);
        return key;
    }
}
