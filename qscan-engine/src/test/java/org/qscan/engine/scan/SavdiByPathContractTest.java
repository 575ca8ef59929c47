package org.qscan.engine.scan;

/** SAVDI over TCP, on the same host: it gets the paths of the files. */
class SavdiByPathContractTest extends SavdiContractTest {

  @Override
  String transfer() {
    return "path";
  }

  @Override
  String nextAddress() {
    return "tcp:127.0.0.1:0";
  }
}
