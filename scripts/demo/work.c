/* What people do in a family of jobs, and what they need for it. Lists are "a|b|c"; an advert takes some of each. */
#include "demo.h"

const demo_work demo_nursing = {
    .duties =
        "Assess, plan, give and evaluate care for a group of patients, and keep their records as you go|Give medicines safely, by mouth, by injection and by infusion|Notice early when somebody is getting worse, and act on it|Talk with patients and their families about what is happening, in words that they understand|Hand over clearly at the end of a shift|Lead a bay or a small team, and support colleagues who are less experienced|Take part in audits, and put into practice what they show|Prepare for people going home from the day on which they arrive|Follow infection control, and say so when somebody does not|Supervise students and help them to learn|Use our electronic observations and prescribing systems",
    .needs =
        "Registration with the Nursing and Midwifery Council, or to be due for it within six months|A degree or diploma in the field|Experience, also from placements, of caring for people with complex needs|Safe calculation and administration of medicines|Clear written and spoken English|Evidence of keeping your knowledge up to date|Calm and kind under pressure|Willing to work days, nights and weekends on a rota",
    .wishes =
        "Experience in this specialty|A teaching or assessing qualification|Intravenous therapy and venepuncture|Advanced life support|Experience of leading a shift|A second language that is spoken here",
    .day = "Most days begin with a handover and a safety huddle; from then on your patients set the pace."};
const demo_work demo_medicine = {
    .duties =
        "See new patients and follow-ups in clinic, with time to do it properly|Take part in the on-call rota, with compensatory rest|Supervise doctors in training, with protected time for it|Lead ward rounds together with nurses, pharmacists and therapists|Take part in the multidisciplinary meeting each week|Contribute to clinical governance, audit and mortality reviews|Keep full and timely records, and write to patients in plain language|Work with general practice on shared care and advice by message|Develop one area of service, education or research as your own",
    .needs =
        "Full registration with the General Medical Council and a licence to practise|On the specialist register, or within six months of it, where the grade requires|Experience of the full range of the specialty|Commitment to teaching|Able to work in a team in which everyone may speak up|Good written and spoken English|Evidence of taking part in audit or improvement",
    .wishes =
        "A higher degree|Publications or presentations|A recognised qualification in medical education|Management training|Experience of working in another part of the United Kingdom",
    .day = "Your job plan has ten programmed activities, of which two are yours for study, appraisal and development."};
const demo_work demo_therapy = {
    .duties =
        "Assess people on the ward, in clinic or at home, and agree goals with them|Plan and give treatment, and change it when it does not work|Run a group with a colleague each week|Order, fit and review equipment|Keep a caseload of your own, and ask for help early|Write reports that other professionals and families can use|Supervise assistants and students|Link with schools, social care and voluntary groups|Measure outcomes, and show what the service achieves",
    .needs =
        "Registration with the Health and Care Professions Council|A degree in the profession|Experience of a varied caseload, also from placements|Able to manage your own time|Clear records and reports|Able to travel between sites|Working well with other professions",
    .wishes =
        "Postgraduate training in the field|Experience of working in people's homes|Membership of a special interest group|Experience of student supervision|Makaton or British Sign Language",
    .day = "You plan your own diary around one meeting a day with the whole team."};
const demo_work demo_laboratory = {
    .duties =
        "Process samples and authorise results within your competence|Maintain and calibrate analysers, and record it|Investigate unexpected results, and telephone the ones that cannot wait|Keep to the quality system, and help at inspections|Manage stock, and order in time|Train new colleagues at the bench|Take part in improvement projects and in trials|Dispense and check, and advise wards and patients|Work in the out-of-hours rota",
    .needs =
        "Registration with the relevant professional body, or eligible for it|An accredited degree|Experience of work under a quality system|Accuracy, also late in a shift|Good knowledge of laboratory or pharmacy information systems|Understanding of health and safety at the bench",
    .wishes = "A specialist portfolio|Experience of method validation|A master's degree|Lean or other improvement training",
    .day = "The busiest hours are from late morning, when the first ward rounds have sent their requests."};
const demo_work demo_office = {
    .duties =
        "Be the first voice that people hear, by telephone and at the desk|Book and change appointments, and make sure that nobody is forgotten|Type letters and minutes, and send them within two working days|Keep records accurate, complete and confidential|Order supplies and check invoices|Arrange meetings, rooms and travel|Prepare figures each month for the service manager|Help colleagues to use the systems|Deal with complaints at once where you can, and pass them on where you cannot",
    .needs =
        "Good general education, or experience that shows the same|Accurate typing and good use of office software|Experience of work with the public|Discretion with personal information|Able to keep several things going at once|A friendly and clear way with people, also on a bad day|Willing to learn new systems",
    .wishes =
        "Audio typing|Knowledge of the terms used in this service|Experience of minute taking|A customer service qualification|Experience of a public body",
    .day = "No two days are alike, but the telephones open at half past eight."};
const demo_work demo_estates = {
    .duties =
        "Keep wards, corridors and public places clean and safe|Move patients, beds, samples and supplies to where they are needed, in time|Prepare and serve meals, and know who may not eat what|Report what is broken, and make it safe until it is mended|Use cleaning chemicals and machines as you have been trained to|Check temperatures and write them down|Help visitors to find their way|Sort and move waste, also clinical waste, by the rules",
    .needs =
        "Willing to work shifts, weekends and bank holidays|Able to follow written and spoken instructions|Polite and helpful with patients, residents and visitors|Able to do physical work, with training and equipment|Reliable and on time|Aware of health and safety",
    .wishes = "Experience in a hospital, school, hotel or kitchen|A food hygiene certificate|A trade qualification|A driving licence",
    .day = "You work in a team of six to ten, with a supervisor who has done the job."};
const demo_work demo_care = {
    .duties =
        "Help people with washing, dressing, eating and moving, in the way that they prefer|Spend time with people: talking, walking, going out|Write down what you did and what you noticed|Give medicines as trained, and record it|Follow care plans, and say when they no longer fit|Keep people safe, and report any worry about abuse or neglect at once|Work with families, nurses and social workers|Support people to do for themselves what they can",
    .needs =
        "Kindness and patience|Reading and writing well enough to follow and complete care records|Willing to work early, late and at weekends|A care certificate, or willing to get it in the first twelve weeks|Able to work on your own and in a team|Respect for people's privacy and choices",
    .wishes =
        "Experience of care, also at home for somebody of your own|A level 2 or 3 diploma in care|Knowledge of dementia or of learning disability|A driving licence and the use of a car",
    .day = "Shifts are usually 7.30am to 3pm, 2pm to 9.30pm, or a waking night."};
const demo_work demo_planning = {
    .duties =
        "Deal with a caseload of applications from registration to decision|Visit sites, and write reports that stand up at committee and appeal|Advise residents, architects and developers before they apply|Negotiate changes that make a scheme better|Consult neighbours, parishes and other bodies|Inspect work at its stages, and enforce the rules where they are broken|Give evidence at inquiries|Contribute to the local plan and to design codes",
    .needs =
        "A degree or equivalent in planning, building or a related subject|Knowledge of the law that applies|Clear reports and good drawings sense|Able to explain a decision that somebody does not like|A driving licence, or another way to reach sites|Good use of mapping and case software",
    .wishes =
        "Chartered membership, or working towards it|Experience of major applications|Knowledge of conservation or ecology|Experience of committee work",
    .day = "You would be in the office two days a week, on site on one, and the rest is yours to arrange."};
const demo_work demo_streets = {
    .duties =
        "Work as one of a crew of three, on a round that you get to know|Check the vehicle before it leaves, and report defects|Collect, sweep, cut, clear and mend in all weathers|Help residents, and tell the office about what you see|Keep the crew and the public safe around a working vehicle|Record what was done on the device in the cab|Grit roads in winter, by rota|Plan, design and supervise works to time and budget",
    .needs =
        "The licence or ticket that the work requires, or willing to get it|Physically able to do the work, with training and equipment|Early starts, from 6am|Good with the public|Aware of safety beside traffic|Able to read instructions and fill in records",
    .wishes = "Experience in waste, highways or grounds|A second licence category|Street works accreditation|First aid at work",
    .day = "You finish when the round is done, and overtime is paid."};
const demo_work demo_public = {
    .duties =
        "Answer questions at the desk, by telephone and in writing, and see each of them through|Help people who are not used to computers|Take payments, and check documents|Run events for children, for job seekers and for people who are on their own|Choose, order and look after stock|Make the building a place where people like to be|Work with volunteers and local groups|Record enquiries, so that we see what goes wrong often",
    .needs =
        "Experience of serving the public|Patience with people who are upset|Good use of ordinary software|Clear writing|Willing to work one evening a week and some Saturdays|Interest in the local area",
    .wishes = "A professional qualification|Experience of outreach or of events|Another language that is spoken here|Safeguarding training",
    .day = "Evenings are once a week, and every third Saturday is a working day."};
const demo_work demo_money = {
    .duties =
        "Prepare and check accounts, returns and budgets|Advise managers on what things cost and on what the law says|Draft and negotiate contracts, agreements and leases|Collect what is owed, fairly, and help those who cannot pay|Prepare papers for committees and boards|Keep controls working, and follow up audits|Improve how we forecast|Represent us at courts and tribunals where your role allows",
    .needs =
        "A relevant qualification, or well on the way to it|Experience of similar work|Accuracy, and the habit of checking|Able to explain figures or law to people who do not work with them|Good use of spreadsheets and finance systems|Able to keep deadlines at the year's end",
    .wishes =
        "Experience of public sector finance or law|Knowledge of procurement rules|Experience of a system change|Membership of a professional body",
    .day = "Month ends are busy and known long before; the rest of the time is flexible."};
const demo_work demo_digital = {
    .duties =
        "Design, build and run services that people can use without help|Find out what users need, and test with them early|Write code that others can read, with tests|Keep systems safe and up, and learn from incidents without blame|Move old systems to shared ones|Publish data, and help others to use it|Explain technical choices to people who have to decide|Take part in the on-call rota, which is paid",
    .needs =
        "Experience of building or running digital services|Knowledge of accessibility and of security|Able to work in small steps, in the open|Clear writing|Good with people who do other work|Willing to learn, and to teach",
    .wishes = "Experience of public services|Knowledge of open standards|A relevant degree or apprenticeship|Work on open source software",
    .day = "The team meets in person once a week; otherwise you work where you work best."};
const demo_work demo_homes = {
    .duties =
        "Look after a patch of about 350 homes, and know the people in them|Visit tenants, sign up new ones, and help those who struggle|Deal with anti-social behaviour early and fairly|Let empty homes within the target|Agree payment plans, and refer people to advice|Inspect estates with residents, and see repairs through|Work with police, social care and support services|Keep records that a colleague could take over from",
    .needs =
        "Experience of housing, advice or other work with people in difficulty|Knowledge of tenancy law and benefits, or willing to learn quickly|Firm and fair|Good records|A driving licence or another way to get around the patch|Able to work alone, and to ask for help in time",
    .wishes = "A housing qualification, or working towards it|Experience of court work|Mental health first aid|Knowledge of the area",
    .day = "About half of the week is out on the patch."};
const demo_work demo_repairs = {
    .duties =
        "Carry out repairs in people's homes, right the first time|Diagnose faults, and explain them to the resident|Service and certify installations|Keep the van stocked and clean|Complete job records and certificates on the tablet|Survey homes, and write specifications|Take part in the out-of-hours rota, one week in eight|Help apprentices to learn the trade",
    .needs =
        "A recognised qualification in the trade, or the registration that it requires|Experience of domestic work|A full driving licence|Polite and clean in people's homes|Able to plan your own jobs|Aware of asbestos and of working at height",
    .wishes = "A second trade|Experience of social housing|Damp and mould training|Experience of heat pumps or solar panels",
    .day = "You start from home with van, tools, fuel card and telephone from us."};
const demo_work demo_teaching = {
    .duties =
        "Plan and teach lessons that all pupils can get on in|Assess, give feedback, and report to parents|Be a form tutor|Keep good order, by our behaviour policy and with support behind you|Contribute to schemes of work and shared resources|Run a club or an activity|Take part in training each week|Work with support staff and with the special needs team|Set work that is worth doing, and mark what matters",
    .needs =
        "Qualified teacher status, or to have it by the start date|A good degree in the subject or in education|Knowledge of the curriculum|High expectations of all children|Good control of a class|Commitment to safeguarding|Willing to take part in the life of the school",
    .wishes = "A second subject|Experience of examination classes|Experience of leading a project|Welsh or another language|Sport, music or drama",
    .day = "You have twelve per cent of the week for planning and assessment, in one block where we can."};
const demo_work demo_classroom = {
    .duties =
        "Work with single pupils and small groups, in class and outside it|Prepare rooms, materials and displays|Help children with personal care where they need it|Be on duty at breaks and at lunch|Watch, note and tell the teacher how pupils get on|Run short programmes in reading or number|Support trips and activities|Keep children safe, and pass on any worry",
    .needs =
        "Good English and mathematics|Experience with children or young people, paid or not|Patience, warmth and firmness|Able to follow a plan, and to change it|Commitment to safeguarding|Discretion",
    .wishes = "A level 2 or 3 qualification|First aid|Knowledge of autism or of speech and language needs|Experience of phonics",
    .day = "The hours are those of the school day, in term time and on five training days."};
const demo_work demo_leading = {
    .duties =
        "Lead a team of managers, and answer for its results|Set direction with those who do the work and those who use the service|Manage a budget, and find savings that do not hurt|Report to the board, committee or governors|Lead on safeguarding, safety and risk|Build partnerships with other public bodies|Make this a place where people want to work|Improve quality, and show it by evidence",
    .needs =
        "Experience of leading a service or a school phase|A record of improvement that others confirm|A relevant degree or professional qualification|Sound judgement about money and risk|Able to speak and write for different audiences|Commitment to equality, in deeds|Willing to be on call by rota",
    .wishes =
        "A leadership qualification|Experience of change across organisations|Experience of working with elected members or governors|Coaching skills",
    .day = "You would spend the first month mostly listening."};
