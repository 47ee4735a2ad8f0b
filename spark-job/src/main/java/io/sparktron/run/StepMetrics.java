package io.sparktron.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;

/**
 * One line of {@code metrics.jsonl}. Numbers read back to the same bits; a null is left out. What is not a number, as the loss of a step of fp16 may be that is skipped,
 * stands there bare, as Spark and Python read it: as a string it would make strings of the whole column.
 *
 * @param step from 1
 * @param loss mean over the targets of the global batch, for BERT with that of the order, nats, before the update
 * @param lr learning rate
 * @param gradNorm before clipping; null where fp16 overflowed, so that the step updated nothing and the loss scale may fall
 * @param lossScale with which the gradient was computed; 1 except in fp16
 * @param tokens of the global batch
 * @param consumed samples since the start of the run
 * @param stepSeconds without validation and checkpoint
 * @param exposedCommunicationSeconds of these, those in which rank 0's own thread was held up by the communication of gradients and of updated parameters, inside
 *     the starts and ends of its collectives; null on GPUs, where these only enqueue, and in lines from before it was measured
 * @param tokensPerSecond of all ranks together
 * @param tflops of all ranks together, 10^12 floating-point operations a second
 * @param mfu share of the devices' peak, or null where that is not known
 * @param validationLoss after the update, or null where none was measured
 * @param bert what the loss is made of; null for GPT
 * @param validationBert what the validation loss is made of; null for GPT or where none was measured
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StepMetrics(
        long step,
        double loss,
        double lr,
        Double gradNorm,
        double lossScale,
        long tokens,
        long consumed,
        double stepSeconds,
        Double exposedCommunicationSeconds,
        double tokensPerSecond,
        Double tflops,
        Double mfu,
        Double validationLoss,
        Bert bert,
        Bert validationBert)
        implements Serializable {
    /**
     * What the loss of BERT is made of.
     *
     * @param maskedLoss mean over the masked tokens, nats
     * @param orderLoss mean over the samples of the loss of their segments' order, nats
     * @param maskedAccuracy part of the masked tokens that were told
     * @param orderAccuracy part of the samples whose order was told
     */
    public record Bert(double maskedLoss, double orderLoss, double maskedAccuracy, double orderAccuracy)
            implements Serializable {}

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("metrics of step " + step + " cannot be written", e);
        }
    }

    /**
     * @throws IllegalArgumentException if the line is not one of ours
     */
    public static StepMetrics parse(String line) {
        StepMetrics step;
        try {
            step = JSON.readValue(line, StepMetrics.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no line of metrics: " + e.getOriginalMessage(), e);
        }
        if (step == null) {
            throw new IllegalArgumentException("no line of metrics: " + line);
        }
        return step;
    }
}
