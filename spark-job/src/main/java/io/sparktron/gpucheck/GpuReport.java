package io.sparktron.gpucheck;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.kernels.check.Speed;
import io.sparktron.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that was found.
 *
 * @param devices their models
 * @param speeds empty where none were measured
 */
public record GpuReport(List<String> devices, List<Outcome> outcomes, List<Speed> speeds) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public GpuReport {
        devices = List.copyOf(devices);
        outcomes = List.copyOf(outcomes);
        speeds = List.copyOf(speeds);
    }

    /** 0 if all is as it should be, 1 if anything is off; speed is told and not judged. */
    public int exitCode() {
        return outcomes.stream().allMatch(Outcome::isOk) ? 0 : 1;
    }

    /** For people. */
    public String text() {
        return new Page(this).text();
    }

    /** Checks by kernel and type, in the order of the alphabet. */
    Map<String, Map<DType, List<Outcome>>> byKernel() {
        Map<String, Map<DType, List<Outcome>>> kernels = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            kernels.computeIfAbsent(outcome.kernel(), kernel -> new TreeMap<>())
                    .computeIfAbsent(outcome.type(), type -> new ArrayList<>())
                    .add(outcome);
        }
        return kernels;
    }

    /** The largest share of a bound that any of these has used. */
    static double worst(List<Outcome> outcomes) {
        return outcomes.stream().mapToDouble(Outcome::share).max().orElse(0);
    }

    public String json() {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("exit", exitCode());
        page.put("devices", devices);
        List<Object> checks = new ArrayList<>();
        byKernel().forEach((kernel, types) -> types.forEach((type, found) -> checks.add(fields(kernel, type, found))));
        page.put("checks", checks);
        page.put("speeds", speeds.stream().map(GpuReport::fields).toList());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(page);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the report cannot be written: " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> fields(String kernel, DType type, List<Outcome> found) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernel", kernel);
        fields.put("type", type.name().toLowerCase(Locale.ROOT));
        fields.put("checks", found.size());
        fields.put("worst_share_of_bound", worst(found));
        fields.put(
                "problems",
                found.stream()
                        .filter(outcome -> !outcome.isOk())
                        .map(Outcome::toString)
                        .toList());
        return fields;
    }

    private static Map<String, Object> fields(Speed speed) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernel", speed.kernel());
        fields.put("type", speed.type().name().toLowerCase(Locale.ROOT));
        fields.put("operands", speed.operands());
        fields.put("seconds", speed.seconds());
        fields.put("bytes_per_second", speed.bandwidth());
        fields.put("operations_per_second", speed.rate());
        return fields;
    }
}
