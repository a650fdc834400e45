export { errorNumber, strerror, strerrorWithNumber } from "./strerror.ts";
