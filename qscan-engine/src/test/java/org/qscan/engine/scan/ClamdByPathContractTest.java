package org.qscan.engine.scan;

/** clamd over TCP, on the same host: it gets the paths of the files. */
class ClamdByPathContractTest extends ClamdContractTest {

  @Override
  String transfer() {
    return "path";
  }

  @Override
  String nextAddress() {
    return "tcp:127.0.0.1:0";
  }
}
