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

  "win.title": "外呼时段",
  "win.text": "自动外呼只在这些时段拨打。保存后进行中的外呼马上按新时段走；已排好时间的任务到原定时间再拨。",
  "win.span": "第 {{n}} 段",
  "win.from": "第 {{n}} 段开始",
  "win.to": "第 {{n}} 段结束",
  "win.drop": "删除",
  "win.add": "加一段",
  "win.useDefault": "填回默认",
  "win.default": "默认 {{spans}}。最早 {{from}}，最晚 {{to}}，门店不能放宽。约定回拨和手工拨打不受这里限制。",
} as const;
