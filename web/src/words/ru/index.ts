import admin from "./admin.json";
import common from "./common.json";
import fields from "./fields.json";
import filter from "./filter.json";
import keys from "./keys.json";
import list from "./list.json";
import model from "./model.json";
import palette from "./palette.json";
import profile from "./profile.json";
import record from "./record.json";
import shell from "./shell.json";
import states from "./states.json";

export default { admin, common, fields, filter, keys, list, model, palette, profile, record, shell, states };
