package io.sparktron.prep;

import io.sparktron.storage.HdfsCluster;
import io.sparktron.storage.Place;

class HdfsOutputTest extends OutputSuite {
    @Override
    Place place() {
        return HdfsCluster.place();
    }

    @Override
    boolean leavesUnfinished() {
        return true;
    }
}
