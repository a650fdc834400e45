import { expect, it } from "vitest";
import { serviceOptionFault } from "./service-options.ts";

it.each([
  [[], null],
  [["-f"], null],
  [["-f", "-c", "/etc/corosync/corosync.conf"], null],
  [["-p"], "invalid option -- 'p'"],
  [["-c"], "option requires an argument -- 'c'"],
  [["-v"], "-v prints the version: the service does not start"],
  [["--explain"], "the configuration is only tested: the service does not start"],
  [["-ft"], "the configuration is only tested: the service does not start"],
  [["-c", "/etc/a.conf"], "the service reads /etc/a.conf, and this is /etc/corosync/corosync.conf"],
])("says of the options %j of a service: %s", (words, wanted) => {
  expect(serviceOptionFault(words, "/etc/corosync/corosync.conf")).toBe(wanted);
});
