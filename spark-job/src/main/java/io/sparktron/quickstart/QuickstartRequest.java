package io.sparktron.quickstart;

import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.generate.GenerateRequest;
import io.sparktron.prep.PrepSettings;
import io.sparktron.pretrain.PretrainRequest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the quick start does, stage by stage.
 *
 * @param folder that holds everything
 * @param sampleCorpus folder that receives the sample corpus; empty where the user brings text
 */
public record QuickstartRequest(
        Path folder,
        Optional<Path> sampleCorpus,
        PrepSettings prep,
        PretrainRequest pretrain,
        EvaluateRequest evaluate,
        GenerateRequest generate) {}
