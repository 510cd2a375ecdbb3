// Chinese strings of the store's settings (see zh.ts).
export const zhStore = {
  "nav.store": "门店设置",
  "store.title": "门店设置",
  "store.last": "{{by}} {{at}} 改过",
  "store.save": "保存",

  "ins.title": "认证保险公司",
  "ins.text": "只有名单里的公司可以报价；移出后，已发出的报价不变，不能再发新的。",
  "ins.name": "保险公司名称",
  "ins.nameHint": "例如 示例财险杭州分公司",
  "ins.add": "添加",
  "ins.drop": "移出",
  "ins.empty": "还没有认证的保险公司",
  "ins.emptyText": "在上面填名称添加；添加后续保专员就能报价。",
  "ins.dropped": "“{{name}}”已移出名单。",
  "ins.back": "加回来",
} as const;
