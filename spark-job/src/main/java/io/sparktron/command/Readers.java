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

import java.util.EnumSet;
import java.util.Set;

/** The commands that read a family of keys. */
final class Readers {
    static final Set<CommandName> PREPARING = EnumSet.of(QUICKSTART, PREP);
    static final Set<CommandName> PRETRAINING = EnumSet.of(PRETRAIN, PREFLIGHT);
    static final Set<CommandName> TRAINING = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT);
    static final Set<CommandName> MODELS = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, PLAN);
    static final Set<CommandName> GENERATING = EnumSet.of(QUICKSTART, GENERATE);
    static final Set<CommandName> RANKS = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, EVALUATE, GENERATE);
    static final Set<CommandName> LAYOUTS = EnumSet.of(QUICKSTART, PRETRAIN, PREFLIGHT, EVALUATE, GENERATE, PLAN);
    static final Set<CommandName> INSPECTING = EnumSet.of(INSPECT);
    static final Set<CommandName> CONVERTING = EnumSet.of(CONVERT);

    private Readers() {}
}
