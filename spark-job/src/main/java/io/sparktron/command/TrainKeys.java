package io.sparktron.command;

import static io.sparktron.command.CommandName.EVALUATE;
import static io.sparktron.command.CommandName.PLAN;
import static io.sparktron.command.CommandName.PREFLIGHT;
import static io.sparktron.command.CommandName.PRETRAIN;
import static io.sparktron.command.CommandName.QUICKSTART;
import static io.sparktron.command.Readers.MODELS;
import static io.sparktron.command.Readers.PRETRAINING;
import static io.sparktron.command.Readers.TRAINING;

import io.sparktron.model.Recompute;
import io.sparktron.optimizer.Schedule;
import io.sparktron.pretrain.SaveInBackground;
import io.sparktron.train.Precision;
import java.util.EnumSet;
import java.util.List;

/** How a model is trained, what it starts from, and when it is saved. */
final class TrainKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<Long> STEPS =
            unsetNeeded("train.steps", ValueType.longInteger(1), "steps", "updates of the whole run");
    static final Key<Integer> MICRO_BATCH = TABLE.with(
            "train.micro-batch",
            ValueType.integer(1),
            "samples",
            "4",
            "samples that one rank takes through the model at once",
            EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, EVALUATE, PLAN));
    static final Key<Integer> GLOBAL_BATCH = TABLE.unset(
            "train.global-batch",
            ValueType.integer(1),
            "samples",
            "parallel.data x train.micro-batch",
            "samples of one update, a multiple of parallel.data x train.micro-batch",
            MODELS);
    static final Key<Integer> RAMP_START = ramp(
            "start", ValueType.integer(1), "samples of the first step, where the batch grows to train.global-batch");
    static final Key<Integer> RAMP_INCREMENT = ramp(
            "increment",
            ValueType.integer(1),
            "samples that the batch grows by at once; like the start a multiple of parallel.data x train.micro-batch");
    static final Key<Long> RAMP_SAMPLES =
            ramp("samples", ValueType.longInteger(1), "samples consumed until the batch is whole, in equal parts");
    static final Key<Long> SEED = TABLE.with(
            "train.seed", KeyTable.anyLong(), "", "1234", "of initial weights, sample order and dropout", TRAINING);
    static final Key<Recompute> RECOMPUTE = TABLE.with(
            "train.recompute",
            ValueType.choice(List.of(Recompute.values())),
            "",
            "none",
            "activations that backward computes again instead of keeping them: selective, those of the attention core; full, all but each layer's input",
            MODELS);
    static final Key<Precision> PRECISION = TABLE.with(
            "train.precision",
            ValueType.choice(List.of(Precision.values())),
            "",
            "fp32",
            "what the model computes in; weights are updated in float32 in any case, and 16 bits are no faster on CPUs",
            MODELS);
    static final Key<Double> LOSS_SCALE_INITIAL = TABLE.with(
            "train.loss-scale.initial",
            ValueType.ABOVE_ZERO,
            "",
            "4294967296",
            "what fp16 multiplies the loss with at first, so that small gradients survive; only with train.precision = fp16",
            TRAINING);
    static final Key<Long> LOSS_SCALE_WINDOW = TABLE.with(
            "train.loss-scale.window",
            ValueType.longInteger(1),
            "steps",
            "1000",
            "steps in a row without overflow after which the loss scale doubles",
            TRAINING);
    static final Key<Integer> LOSS_SCALE_HYSTERESIS = TABLE.with(
            "train.loss-scale.hysteresis",
            ValueType.integer(1),
            "steps",
            "2",
            "overflows, each of which skips its step, of which the last and every further one halve the loss scale",
            TRAINING);
    static final Key<Double> LOSS_SCALE_MINIMUM = TABLE.with(
            "train.loss-scale.minimum",
            ValueType.ABOVE_ZERO,
            "",
            "1",
            "least loss scale: an overflow there ends the run",
            TRAINING);
    static final Key<Double> CLIP = number("train.clip", "1.0", "largest global gradient norm; 0 clips nothing");
    static final Key<Double> WEIGHT_DECAY =
            number("train.weight-decay", "0.01", "decoupled decay of matrices and embeddings");
    static final Key<Double> BETA1 = number("train.beta1", "0.9", "Adam's decay of the first moment");
    static final Key<Double> BETA2 = number("train.beta2", "0.999", "Adam's decay of the second moment");
    static final Key<Double> EPSILON = number("train.epsilon", "1e-8", "Adam's epsilon");
    static final Key<Double> PEAK = number("train.lr.peak", "1.5e-4", "learning rate after the warm-up");
    static final Key<Double> FLOOR = TABLE.unset(
            "train.lr.min",
            ValueType.NUMBER,
            "",
            "train.lr.peak / 10",
            "least learning rate after the warm-up, and the one at the end of the decay",
            TRAINING);
    static final Key<Long> WARMUP_STEPS = TABLE.unset(
            "train.lr.warmup-steps",
            ValueType.longInteger(0),
            "steps",
            "train.steps / 100",
            "steps in which the learning rate rises",
            TRAINING);
    static final Key<Schedule.Decay> DECAY = TABLE.with(
            "train.lr.decay",
            ValueType.choice(List.of(Schedule.Decay.values())),
            "",
            "cosine",
            "how the learning rate falls; constant and inverse-square-root have no end, wsd stays and then falls linearly",
            TRAINING);
    static final Key<Long> DECAY_STEPS = TABLE.unset(
            "train.lr.decay-steps",
            ValueType.longInteger(1),
            "steps",
            "train.steps",
            "step at which train.lr.min is reached, warm-up included",
            TRAINING);
    static final Key<Long> COOLDOWN_STEPS = TABLE.unset(
            "train.lr.cooldown-steps",
            ValueType.longInteger(0),
            "steps",
            "a tenth of train.lr.decay-steps",
            "last steps of the decay, in which wsd falls; other decays do not read it",
            TRAINING);
    static final Key<String> INIT_FROM = TABLE.unset(
            "train.init-from",
            ValueType.PATH,
            "",
            "random weights",
            "run folder or checkpoint whose weights a new run starts from, at step 0",
            PRETRAINING);
    static final Key<Integer> CHECKPOINT_EVERY = TABLE.with(
            "train.checkpoint-every",
            ValueType.integer(0),
            "steps",
            "500",
            "steps between checkpoints; the last step always saves; 0: only that",
            TRAINING);
    static final Key<Integer> CHECKPOINT_KEEP = TABLE.with(
            "train.checkpoint-keep",
            ValueType.integer(0),
            "checkpoints",
            "3",
            "newest checkpoints to keep; 0 keeps all",
            TRAINING);
    static final Key<SaveInBackground> SAVE_IN_BACKGROUND = TABLE.with(
            "train.save-in-background",
            ValueType.choice(List.of(SaveInBackground.values())),
            "",
            "auto",
            "whether training goes on while a checkpoint is written, from a copy in memory; auto: where there is room for it",
            TRAINING);
    static final Key<Integer> CHECK_REPLICAS_EVERY = TABLE.unset(
            "train.check-replicas-every",
            ValueType.integer(0),
            "steps",
            "train.checkpoint-every, or 500",
            "steps between comparisons of the copies of weights and moments, beside the one before each checkpoint; 0: none at all",
            TRAINING);
    static final Key<Double> MAX_MINUTES = TABLE.unset(
            "train.max-minutes",
            ValueType.ABOVE_ZERO,
            "minutes",
            "none",
            "time after which the run saves, ends with exit code 0, and can be called again",
            TRAINING);
    static final Key<Integer> VALIDATE_EVERY = TABLE.unset(
            "train.validate-every",
            ValueType.integer(0),
            "steps",
            "100 with data.validation, else 0",
            "steps between validations; 0: none",
            TRAINING);
    static final Key<Integer> VALIDATE_BATCHES = TABLE.with(
            "train.validate-batches",
            ValueType.integer(1),
            "global batches",
            "10",
            "length of one validation",
            TRAINING);

    private TrainKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }

    private static <T> Key<T> ramp(String name, ValueType<T> type, String description) {
        return TABLE.unset("train.batch-ramp." + name, type, "samples", "the whole batch at once", description, MODELS);
    }

    private static Key<Double> number(String name, String fallback, String description) {
        return TABLE.with(name, ValueType.NUMBER, "", fallback, description, TRAINING);
    }

    private static <T> Key<T> unsetNeeded(String name, ValueType<T> type, String unit, String description) {
        return TABLE.unset(name, type, unit, "", description, TRAINING);
    }
}
