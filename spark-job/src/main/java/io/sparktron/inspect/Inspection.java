package io.sparktron.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** What was found in a folder. Its components are its JSON, their names spelled as in {@code metrics.jsonl}: {@code end_of_text}. */
public sealed interface Inspection permits DatasetView, BertDatasetView, CheckpointView, RunView, ModelView {
    /** What the folder is: {@code token dataset}, {@code checkpoint}, {@code run} or {@code huggingface}. */
    String kind();

    /** For people; with a line end. */
    String text();

    /** One line. */
    default String json() {
        try {
            return JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build()
                    .writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was found cannot be written as JSON", e);
        }
    }
}
