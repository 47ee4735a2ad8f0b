package io.sparktron.run;

import io.sparktron.storage.HdfsCluster;
import io.sparktron.storage.Place;
import java.nio.file.Path;

class HdfsRunLeaseTest extends RunLeaseSuite {
    @Override
    Place place(Path local) {
        return HdfsCluster.place();
    }
}
